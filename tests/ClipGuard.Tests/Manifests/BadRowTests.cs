using System.Text;

using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

[CancelAfter(30_000)]
public sealed class BadRowTests
{
    private const string Talk = """
        "messages":[{"role":"user","content":"hi"}]
        """;

    [TestCase("""{"messages":""", 13, "the end of the line", "JSON")]
    [TestCase("""hello""", 1, "'h'", "JSON")]
    [TestCase("""{"grüße":x}""", 10, "'x'", "JSON")]
    [TestCase("""{"🎬":x}""", 6, "'x'", "JSON")]
    [TestCase("""{'messages':[]}""", 2, "'''", "JSON")]
    [TestCase("{\"a\":\"\t\"}", 7, "U+0009", "JSON")]
    [TestCase("""{"a":1,}""", 8, "'}'", "JSON")]
    [TestCase("""{"a":NaN}""", 6, "'N'", "JSON")]
    [TestCase("""{} {}""", 4, "'{'", "JSON")]
    [TestCase("{\"a\":1}\0", 8, "U+0000", "JSON")]
    [TestCase("""5""", 1, "the number 5", "an object")]
    [TestCase("\"text\"", 1, "'text'", "an object")]
    [TestCase("null", 1, "null", "an object")]
    [TestCase("""{}""", 1, "without 'messages'", "'messages'")]
    [TestCase("""{"images":["a.png"]}""", 1, "without 'messages'", "'messages'")]
    [TestCase("""{"messages":null}""", 13, "null", "a list")]
    [TestCase("""{"messages":"hi"}""", 13, "'hi'", "a list")]
    [TestCase("""{"messages":{}}""", 13, "an object", "a list")]
    [TestCase("""{"messages":[]}""", 13, "an empty list", "at least one")]
    [TestCase("""{"messages":["hi"]}""", 14, "'hi'", "a message")]
    [TestCase("""{"messages":[[]]}""", 14, "a list", "a message")]
    [TestCase("""{"messages":[{"content":"hi"}]}""", 14, "without 'role'", "assistant")]
    [TestCase("""{"messages":[{"role":"user"}]}""", 14, "without 'content'", "typed parts")]
    [TestCase("""{"messages":[{"role":"robot","content":"hi"}]}""", 22, "'robot'", "tool_response")]
    [TestCase("""{"messages":[{"role":1,"content":"hi"}]}""", 22, "the number 1", "assistant")]
    [TestCase("""{"messages":[{"role":"user","content":null}]}""", 39, "null", "typed parts")]
    [TestCase("""{"messages":[{"role":"user","content":7.5}]}""", 39, "the number 7.5", "typed parts")]
    [TestCase("""{"messages":[{"role":"user","content":"a","loss":"yes"}]}""", 50, "'yes'", "true or false")]
    [TestCase("""{"messages":[{"role":"user","content":"a","loss_scale":true}]}""", 56, "true", "a number")]
    [TestCase("""{"messages":[{"role":"user","role":"user","content":"a"}]}""", 29, "'role' a second time", "once")]
    [TestCase("""{"messages":[{"role":"user","content":"a","content":"b"}]}""", 43, "'content' a second time", "once")]
    [TestCase("""{"messages":[{"role":"user","content":["a"]}]}""", 40, "'a'", "a part")]
    [TestCase("""{"messages":[{"role":"user","content":[{}]}]}""", 40, "without 'type'", "image_url")]
    [TestCase("""{"messages":[{"role":"user","content":[{"type":"smell"}]}]}""", 40, "'smell'", "image_url")]
    [TestCase("""{"messages":[{"role":"user","content":[{"type":3}]}]}""", 48, "the number 3", "type")]
    [TestCase("""{"messages":[{"role":"user","content":[{"type":"text"}]}]}""", 40, "without 'text'", "text")]
    [TestCase("""{"messages":[{"role":"user","content":[{"type":"text","text":null}]}]}""", 62, "null", "text")]
    [TestCase("""{"messages":[{"role":"user","content":"\ud800"}]}""", 39, "surrogate", "Unicode")]
    public void A_row_that_is_no_sample_says_where_and_what(string line, int column, string found, string expected)
    {
        ManifestRow row = ManifestFile.Read("\n" + line + "\n").Single();

        Assert.That(row, Is.InstanceOf<BadRow>());
        var bad = (BadRow)row;
        Assert.That(bad.Found, Does.Contain(found));
        Assert.That(bad.Expected, Does.Contain(expected));
        Assert.That((bad.Line, bad.Column), Is.EqualTo((2, column)));
        Assert.That(bad.Message, Is.EqualTo($"found {bad.Found}, expected {bad.Expected}"));
    }

    [TestCase(""" "images":5 """, "the number 5", "a path")]
    [TestCase(""" "images":[true] """, "true", "a path")]
    [TestCase(""" "images":[["a.png"]] """, "a list", "a path")]
    [TestCase(""" "audios":[["a.wav"]] """, "a list", "a path")]
    [TestCase(""" "videos":[[]] """, "an empty list", "at least one frame")]
    [TestCase(""" "videos":[[1]] """, "the number 1", "a frame")]
    [TestCase(""" "videos":7 """, "the number 7", "list of frame images")]
    [TestCase(""" "images":[{}] """, "names no clip", "'path'")]
    [TestCase(""" "images":[{"file":"a.png"}] """, "names no clip", "'path'")]
    [TestCase(""" "images":[{"path":5}] """, "the number 5", "a path")]
    [TestCase(""" "images":[{"bytes":[1,2]}] """, "a list", "base64")]
    [TestCase(""" "images":[{"path":"a","url":"b"}] """, "'url' a second time", "once")]
    [TestCase(""" "images":["a.png"],"image":"b.png" """, "a second list of image clips", "one list")]
    [TestCase(""" "images":["a.png"],"images":["b.png"] """, "a second list of image clips", "one list")]
    [TestCase(""" "images":["\udc00.png"] """, "surrogate", "Unicode")]
    [TestCase(""" "label":1,"label":2 """, "'label' a second time", "once")]
    [TestCase(""" "messages":[] """, "'messages' a second time", "once")]
    public void A_row_whose_media_cannot_be_meant_is_bad(string rest, string found, string expected)
    {
        ManifestRow row = ManifestFile.Read("{" + Talk + "," + rest + "}").Single();

        Assert.That(row, Is.InstanceOf<BadRow>());
        Assert.That(((BadRow)row).Found, Does.Contain(found));
        Assert.That(((BadRow)row).Expected, Does.Contain(expected));
    }

    [Test]
    public void Bytes_that_are_no_utf8_are_bad_at_their_column()
    {
        byte[] line = [.. Encoding.UTF8.GetBytes("{\"ä\":\""), 0xC3, (byte)'"', (byte)'}'];
        using var file = new ManifestFile(line);

        Assert.That(file.Read().Single(), Is.EqualTo(new BadRow(1, 7, "the byte 0xC3", "UTF-8")));
    }

    [TestCase(63, true)]
    [TestCase(64, false)]
    [TestCase(100_000, false)]
    public void Nesting_has_an_end(int depth, bool isSample)
    {
        string line = "{" + Talk + ",\"deep\":" + new string('[', depth) + new string(']', depth) + "}";

        ManifestRow row = ManifestFile.Read(line).Single();

        Assert.That(row is SampleRow, Is.EqualTo(isSample));
        Assert.That(row is BadRow bad ? bad.Expected : "depth", Does.Contain("depth"));
    }

    [Test]
    public void Good_rows_around_bad_ones_are_read()
    {
        List<ManifestRow> rows = ManifestFile.Read($"{{{Talk}}}\nnonsense\n{{{Talk}}}\n{{\"messages\"\n{{{Talk}}}");

        Assert.That(rows.Select(row => row is SampleRow), Is.EqualTo(new[] { true, false, true, false, true }));
    }

    [Test]
    public void What_one_row_left_half_read_is_not_in_the_next()
    {
        List<ManifestRow> rows = ManifestFile.Read($$"""
            {{{Talk}},"images":["a.png"],"note":1,"videos":5}
            {{{Talk}},"images":["b.png"]}
            """);

        var sample = (SampleRow)rows[1];
        Assert.That(rows[0], Is.InstanceOf<BadRow>());
        Assert.That(sample.Sample.Messages, Has.Count.EqualTo(1));
        Assert.That(sample.Sample.Fields, Is.Empty);
        Assert.That(sample.Sample.Clips.Select(clip => clip.AsWritten), Is.EqualTo(new[] { "b.png" }));
    }
}
