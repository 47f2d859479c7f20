using System.Text.Json;

using ClipGuard.Media;

namespace ClipGuard.Manifests;

/// <summary>Steps of the JSON reader that throw a <see cref="BadRowException"/> with position and expectation where the row is not as it should be.</summary>
internal static class JsonReading
{
    private const int QuotedCharacters = 40;

    extension(ref Utf8JsonReader json)
    {
        /// <summary>Steps to the next key of the current object.</summary>
        /// <returns>False at the object's end.</returns>
        public bool ReadKey()
        {
            json.Read();
            return json.TokenType == JsonTokenType.PropertyName;
        }

        /// <summary>Steps from a key to its value.</summary>
        /// <exception cref="BadRowException">The key was <paramref name="seen"/> before.</exception>
        public void ReadOnce(bool seen)
        {
            if (seen)
            {
                throw json.Bad($"'{json.Text()}' a second time", "each key once");
            }

            json.Read();
        }

        /// <exception cref="BadRowException">The current token is another one.</exception>
        public void Expect(JsonTokenType token, string expected)
        {
            if (json.TokenType != token)
            {
                throw json.Bad(expected);
            }
        }

        /// <summary>The current string or key.</summary>
        /// <exception cref="BadRowException">It has half of a surrogate pair, and so is no Unicode text.</exception>
        public string Text()
        {
            try
            {
                return json.GetString()!;
            }
            catch (InvalidOperationException)
            {
                throw json.Bad("half of a surrogate pair in a string", "Unicode text");
            }
        }

        /// <summary>Reads the value of the current key, whatever it is, as raw JSON.</summary>
        /// <param name="row">What is being read.</param>
        /// <param name="fields">Receives it.</param>
        /// <param name="name">What the key means.</param>
        /// <exception cref="BadRowException">The key is there already.</exception>
        public void ReadField(ReadOnlyMemory<byte> row, List<SampleField> fields, string name)
        {
            foreach (SampleField field in fields)
            {
                if (field.Name == name)
                {
                    throw json.Bad($"'{name}' a second time", "each key once");
                }
            }

            json.Read();
            int start = (int)json.TokenStartIndex;
            json.Skip();
            fields.Add(new SampleField(name, row[start..(int)json.BytesConsumed]));
        }

        public BadRowException Bad(string expected) => json.Bad(json.Describe(), expected);

        public BadRowException Bad(string found, string expected) => new(json.TokenStartIndex, found, expected);

        private string Describe()
        {
            switch (json.TokenType)
            {
                case JsonTokenType.String or JsonTokenType.PropertyName:
                    string text = RedactedAddress.WithoutSecrets(json.Text());
                    return text.Length <= QuotedCharacters ? $"'{text}'" : $"'{text.AsSpan(0, QuotedCharacters)}…'";
                case JsonTokenType.Number:
                    return $"the number {System.Text.Encoding.UTF8.GetString(json.ValueSpan)}";
                case JsonTokenType.StartObject:
                    return "an object";
                case JsonTokenType.StartArray:
                    return "a list";
                default:
                    return json.TokenType.ToString().ToLowerInvariant();
            }
        }
    }
}
