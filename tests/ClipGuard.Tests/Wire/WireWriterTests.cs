using System.Buffers;
using System.Text.Json;

using ClipGuard.Media.Wire;

using NUnit.Framework;

namespace ClipGuard.Tests.Wire;

internal sealed class WireWriterTests
{
    private readonly ArrayBufferWriter<byte> _datagram = new();

    [TearDown]
    public void Forget() => _datagram.ResetWrittenCount();

    [TestCase("")]
    [TestCase("a \"quote\" and a \\ backslash")]
    [TestCase("tab\t, line\r\nend, \0, \u0001, \u001f, \u007f, \u2028")]
    [TestCase("Grüße, 日本, \U0001F3B5")]
    [TestCase("\"")]
    public void A_text_is_read_as_it_was_written(string text)
    {
        var json = new WireWriter(_datagram);
        json.WriteStartObject();
        json.WriteString(text, text);
        json.WriteEndObject();

        using var read = JsonDocument.Parse(_datagram.WrittenMemory);
        JsonProperty only = read.RootElement.EnumerateObject().Single();
        Assert.That((only.Name, only.Value.GetString()), Is.EqualTo((text, text)));
    }

    [Test]
    public void Half_of_a_pair_is_replaced()
    {
        var json = new WireWriter(_datagram);
        json.WriteStringValue("a\ud83cb");

        using var read = JsonDocument.Parse(_datagram.WrittenMemory);
        Assert.That(read.RootElement.GetString(), Is.EqualTo("a\ufffdb"));
    }

    [TestCase(0)]
    [TestCase(-0.1)]
    [TestCase(1e300)]
    [TestCase(5e-324)]
    [TestCase(1.0 / 3)]
    [TestCase(double.MaxValue)]
    public void A_number_is_read_as_it_was_written(double number)
    {
        new WireWriter(_datagram).WriteNumberValue(number);

        using var read = JsonDocument.Parse(_datagram.WrittenMemory);
        Assert.That(read.RootElement.GetDouble(), Is.EqualTo(number));
    }

    [TestCase(long.MinValue)]
    [TestCase(long.MaxValue)]
    public void So_is_a_whole_number(long number)
    {
        new WireWriter(_datagram).WriteNumberValue(number);

        using var read = JsonDocument.Parse(_datagram.WrittenMemory);
        Assert.That(read.RootElement.GetInt64(), Is.EqualTo(number));
    }

    [TestCase(double.NaN)]
    [TestCase(double.NegativeInfinity)]
    public void What_JSON_has_no_number_for_throws(double number) =>
        Assert.That(() => new WireWriter(_datagram).WriteNumberValue(number), Throws.ArgumentException);

    [Test]
    public void Commas_stand_between_values_alone()
    {
        var json = new WireWriter(_datagram);
        json.WriteStartObject();
        json.WriteStartObject("empty");
        json.WriteEndObject();
        json.WriteStartArray("list");
        json.WriteNumberValue(1L);
        json.WriteStringValue("two");
        json.WriteEndArray();
        json.WriteBoolean("yes", true);
        json.WriteString("nothing", null);
        json.WriteOptional("left out", (long?)null);
        json.WriteEndObject();

        Assert.That(System.Text.Encoding.UTF8.GetString(_datagram.WrittenSpan), Is.EqualTo("""{"empty":{},"list":[1,"two"],"yes":true,"nothing":null}"""));
    }
}
