using System.Text;
using System.Text.Json;

namespace ClipGuard.Manifests;

/// <summary>
/// Makes messages of a row's text where it has no list of them, by the keys and the rules of ms-swift's AutoPreprocessor: a question and an answer under any
/// of their names, with the turns before them under <c>history</c>, or Alpaca's <c>instruction</c>, <c>input</c> and <c>output</c>.
/// </summary>
internal static class MessagesFromText
{
    /// <summary>What a row with text has, for a person.</summary>
    public const string Expected = "'messages' or 'conversations', a list of {\"role\", \"content\"}, or 'query' and 'response', or 'instruction' and 'output'";

    private const string History = "history";
    private static readonly string[] SystemKeys = ["system", "system_prompt"];
    private static readonly string[] QueryKeys = ["query", "prompt", "input", "instruction", "question", "problem"];
    private static readonly string[] ResponseKeys =
        ["response", "answer", "output", "targets", "target", "answer_key", "answers", "solution", "text", "completion", "content"];

    /// <summary>Whether a table's column may hold turns as JSON.</summary>
    public static bool IsList(string key) => key is History;

    /// <summary>Whether messages may be made of what a key has.</summary>
    public static bool IsText(string key) =>
        IsList(key) || SystemKeys.Concat(QueryKeys).Concat(ResponseKeys).Contains(key, StringComparer.OrdinalIgnoreCase);

    /// <summary>Puts the system text that stands beside the messages before them, unless they begin with one.</summary>
    public static void MoveSystem(SampleBuilder sample)
    {
        if (sample.Messages[0].Role != MessageRole.System && Find(sample, SystemKeys) is { } field && field.Json.Span[0] == (byte)'"'
            && TextOf(field) is { Length: > 0 } system)
        {
            sample.Fields.Remove(field);
            sample.TextKeys.Add(field.Name);
            sample.Messages.Insert(0, new Message(MessageRole.System, system));
        }
    }

    /// <summary>Makes messages of the fields that are a row's text, and takes these out of the fields.</summary>
    /// <param name="sample">The row without messages.</param>
    /// <param name="answersAlone">
    /// Whether an answer without a question is a row's text under any of its names. Otherwise it is under <c>response</c> alone, which nothing else is called,
    /// and under the others stays a field, as a caption.
    /// </param>
    /// <returns>False where the row has no text.</returns>
    /// <exception cref="BadRowException">The row's text is none.</exception>
    public static bool MakeMessages(SampleBuilder sample, bool answersAlone)
    {
        SampleField? instruction = Named(sample, "instruction");
        SampleField? input = Named(sample, "input");
        bool isAlpaca = instruction is not null && input is not null;
        SampleField? query = isAlpaca ? instruction : Find(sample, QueryKeys);
        SampleField? response = Find(sample, ResponseKeys);
        SampleField? history = Named(sample, History);
        if (query is null && history is null && !(answersAlone ? response is not null : response?.Name == ResponseKeys[0]))
        {
            return false;
        }

        SampleField? system = Find(sample, SystemKeys);
        if (!answersAlone && new[] { system, query, isAlpaca ? input : null }.Any(static field => field?.Json.Span[0] is (byte)'{' or (byte)'['))
        {
            // Something else is meant by these names, and no text is asked for.
            return false;
        }

        Add(sample, MessageRole.System, Text(system));
        if (history is { } turns)
        {
            AddTurns(sample, turns);
        }

        string? asked = Text(query);
        if (isAlpaca)
        {
            asked = string.Join('\n', new[] { asked, Text(input) }.Where(static text => !string.IsNullOrEmpty(text)));
        }

        if (asked is not null)
        {
            sample.Messages.Add(new Message(MessageRole.User, asked));
        }

        Add(sample, MessageRole.Assistant, response is { } answer && answer.Json.Span[0] is (byte)'[' ? FirstOf(sample, answer) : Text(response));
        foreach (SampleField? used in new[] { system, history, query, isAlpaca ? input : null, response })
        {
            if (used is { } field)
            {
                sample.Fields.Remove(field);
                sample.TextKeys.Add(field.Name);
            }
        }

        if (sample.Messages.Count == 0)
        {
            throw new BadRowException(0, "an object whose text is null", "text");
        }

        sample.MessagesAt = 0;
        return true;
    }

    // Its own name wins; of other names there must be one alone, or none of them is meant.
    private static SampleField? Find(SampleBuilder sample, string[] names)
    {
        if (Named(sample, names[0]) is { } own)
        {
            return own;
        }

        SampleField[] found = [.. sample.Fields.Where(field => names.Contains(field.Name, StringComparer.OrdinalIgnoreCase))];
        return found.Length == 1 ? found[0] : null;
    }

    private static SampleField? Named(SampleBuilder sample, string name)
    {
        foreach (SampleField field in sample.Fields)
        {
            if (field.Name == name)
            {
                return field;
            }
        }

        return null;
    }

    // An empty cell of a table is no message.
    private static void Add(SampleBuilder sample, MessageRole role, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            sample.Messages.Add(new Message(role, text));
        }
    }

    private static string? Text(SampleField? field) => field is { } given ? TextOf(given) : null;

    private static string? TextOf(SampleField field)
    {
        var json = new Utf8JsonReader(field.Json.Span);
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.String => json.Text(),
            JsonTokenType.Null => null,
            JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(field.Json.Span),
            _ => throw new BadRowException(0, $"a list or an object under '{field.Name}'", "text"),
        };
    }

    // ms-swift takes one of several answers by chance, another in each run; here it is the first, so that every run reads the same.
    private static string? FirstOf(SampleBuilder sample, SampleField answers)
    {
        var json = JsonElement.Parse(answers.Json.Span);
        if (json.GetArrayLength() == 0)
        {
            return null;
        }

        sample.Warnings.Add($"'{answers.Name}' has {json.GetArrayLength()} answers, of which the first is taken");
        return json[0].ValueKind == JsonValueKind.String
            ? json[0].GetString()
            : throw new BadRowException(0, $"an answer under '{answers.Name}' that is no text", "text");
    }

    private static void AddTurns(SampleBuilder sample, SampleField history)
    {
        JsonElement turns = JsonElement.Parse(history.Json.Span);
        if (turns.ValueKind is JsonValueKind.Null || (turns.ValueKind == JsonValueKind.String && turns.ValueEquals(string.Empty)))
        {
            return;
        }

        if (turns.ValueKind != JsonValueKind.Array)
        {
            throw NoTurns();
        }

        foreach (JsonElement turn in turns.EnumerateArray())
        {
            if (turn.ValueKind != JsonValueKind.Array || turn.GetArrayLength() != 2)
            {
                throw NoTurns();
            }

            AddTurn(sample, MessageRole.User, turn[0]);
            AddTurn(sample, MessageRole.Assistant, turn[1]);
        }
    }

    private static void AddTurn(SampleBuilder sample, MessageRole role, JsonElement text)
    {
        if (text.ValueKind != JsonValueKind.Null)
        {
            sample.Messages.Add(new Message(role, text.ValueKind == JsonValueKind.String ? text.GetString()! : throw NoTurns()));
        }
    }

    private static BadRowException NoTurns() => new(0, $"'{History}' that is no list of turns", "a list of [question, answer] pairs");
}
