using System.Text;

using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

/// <summary>Rows whose text is no list of messages: the forms that ms-swift recognises by their keys.</summary>
[CancelAfter(30_000)]
internal sealed class MessagesFromTextTests
{
    [TestCase(""" "query":"q","response":"r" """, "User:q|Assistant:r")]
    [TestCase(""" "query":"q" """, "User:q")]
    [TestCase(""" "query":"q","response":null """, "User:q")]
    [TestCase(""" "response":"r" """, "Assistant:r")]
    [TestCase(""" "question":"q","answer":"r" """, "User:q|Assistant:r")]
    [TestCase(""" "prompt":"q","completion":"r" """, "User:q|Assistant:r")]
    [TestCase(""" "Question":"q","Answer":"r" """, "User:q|Assistant:r")]
    [TestCase(""" "query":"q","prompt":"p","response":"r","answer":"a" """, "User:q|Assistant:r")]
    [TestCase(""" "query":"q","response":7 """, "User:q|Assistant:7")]
    [TestCase(""" "query":"q","response":["r","s"] """, "User:q|Assistant:r")]
    [TestCase(""" "system":"s","query":"q","response":"r" """, "System:s|User:q|Assistant:r")]
    [TestCase(""" "system_prompt":"s","query":"q","response":"r" """, "System:s|User:q|Assistant:r")]
    [TestCase(""" "query":"q2","response":"r2","history":[["q0","r0"],["q1",null]] """, "User:q0|Assistant:r0|User:q1|User:q2|Assistant:r2")]
    [TestCase(""" "query":"q","response":"r","history":[] """, "User:q|Assistant:r")]
    [TestCase(""" "query":"q","response":"r","history":null """, "User:q|Assistant:r")]
    [TestCase(""" "instruction":"i","input":"x","output":"o" """, "User:i\nx|Assistant:o")]
    [TestCase(""" "instruction":"i","input":"","output":"o" """, "User:i|Assistant:o")]
    [TestCase(""" "instruction":"i","output":"o" """, "User:i|Assistant:o")]
    [TestCase(""" "instruction":"i","input":"x","output":"o","system":"s","history":[["a","b"]] """, "System:s|User:a|Assistant:b|User:i\nx|Assistant:o")]
    [TestCase(""" "conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"r"}] """, "User:q|Assistant:r")]
    [TestCase(""" "conversation":[{"human":"q","assistant":"r"},{"human":"q2","assistant":"r2"}] """, "User:q|Assistant:r|User:q2|Assistant:r2")]
    [TestCase(""" "conversations":[{"from":"system","value":"s"},{"from":"user","value":"q"},{"from":"bot","value":"r"}] """, "System:s|User:q|Assistant:r")]
    [TestCase(""" "conversations":[{"from":"function_call","value":"f"},{"from":"observation","value":"o"}] """, "ToolCall:f|ToolResponse:o")]
    [TestCase(""" "system":"s","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"r"}] """, "System:s|User:q|Assistant:r")]
    [TestCase(""" "messages":[{"role":"user","content":"q"}],"system":"s" """, "System:s|User:q")]
    [TestCase(""" "messages":[{"role":"user","content":"q"}],"conversations":"x" """, "User:q")]
    [TestCase(""" "conversations":"x","id":1,"messages":[{"role":"user","content":"q"}] """, "User:q")]
    [TestCase(""" "messages":[{"role":"user","content":"q"}],"query":"other","response":"other" """, "User:q")]
    public void Text_is_recognised_by_its_keys(string text, string messages)
    {
        Sample sample = ManifestFile.ReadSample($"{{{text}}}");

        Assert.That(string.Join('|', sample.Messages.Select(message => $"{message.Role}:{message.Content}")), Is.EqualTo(messages));
    }

    [Test]
    public void A_llava_row_has_its_image_beside_its_conversation()
    {
        Sample sample = ManifestFile.ReadSample(
            """{"id":"1","image":"/a.jpg","conversations":[{"from":"human","value":"<image>\nWhat is it?"},{"from":"gpt","value":"A cat."}]}""");

        Assert.That(sample.Messages.Select(message => message.Content), Is.EqualTo(new[] { "<image>\nWhat is it?", "A cat." }));
        Assert.That(sample.Clips.Single().Path, Is.EqualTo("/a.jpg"));
        Assert.That(sample.Fields.Select(field => field.Name), Is.EqualTo(new[] { "id" }));
    }

    [Test]
    public void Missing_tags_come_into_the_question_and_what_was_read_is_no_field()
    {
        Sample sample = ManifestFile.ReadSample("""{"response":"a","audios":["/t.wav"],"query":"q","id":3}""");

        Assert.That(sample.Messages.Select(message => message.Content), Is.EqualTo(new[] { "<audio>q", "a" }));
        Assert.That(sample.Fields.Select(field => (field.Name, Encoding.UTF8.GetString(field.Json.Span))), Is.EqualTo(new[] { ("id", "3") }));
    }

    [TestCase(""" "images":["/a.png"],"caption":"c" """, "an object without 'messages', whose keys are images, caption")]
    [TestCase(""" "prompt":"q","question":"q" """, "an object without 'messages', whose keys are prompt, question")]
    [TestCase("", "an object without 'messages', whose keys are ")]
    [TestCase(""" "query":{"a":1} """, "a list or an object under 'query'")]
    [TestCase(""" "query":"q","history":[["a"]] """, "'history' that is no list of turns")]
    [TestCase(""" "query":"q","history":[["a",1]] """, "'history' that is no list of turns")]
    [TestCase(""" "query":"q","history":"[['a','b']]" """, "'history' that is no list of turns")]
    [TestCase(""" "query":"q","response":[{"a":1}] """, "an answer under 'response' that is no text")]
    [TestCase(""" "query":null """, "an object whose text is null")]
    [TestCase(""" "conversations":[{"human":"q"}] """, "a message without 'role'")]
    [TestCase(""" "conversations":[{"human":1,"gpt":"r"}] """, "the number 1")]
    public void What_is_not_recognised_is_bad_and_shows_the_rows_keys(string text, string found)
    {
        Assert.That((ManifestFile.Read($"{{{text}}}").Single() as BadRow)?.Found, Is.EqualTo(found));
    }

    [Test]
    public void An_answer_without_a_question_is_a_field_where_no_text_is_asked_for()
    {
        var options = new ManifestOptions { RequireMessages = false };

        Assert.That(ManifestFile.ReadSample("""{"audio":"/a.wav","text":"t"}""", options).Messages, Is.Empty);
        Assert.That(ManifestFile.ReadSample("""{"audio":"/a.wav","prompt":{"a":1}}""", options).Fields.Single().Name, Is.EqualTo("prompt"));
        Assert.That(ManifestFile.ReadSample("""{"audio":"/a.wav","query":"q","text":"t"}""", options).Messages, Has.Count.EqualTo(2));
    }

    [Test]
    public void Keys_with_other_names_can_be_said()
    {
        var options = new ManifestOptions
        {
            Columns = new Dictionary<string, string> { ["video_path"] = "video", ["caption"] = "response", ["ask"] = "query", ["talk"] = "messages" },
        };

        Sample asked = ManifestFile.ReadSample("""{"video_path":"/v.mp4","caption":"c","ask":"q"}""", options);
        Sample talked = ManifestFile.ReadSample("""{"talk":[{"role":"user","content":"<video>q"}],"video_path":"/v.mp4"}""", options);

        Assert.That(asked.Messages.Select(message => message.Content), Is.EqualTo(new[] { "<video>q", "c" }));
        Assert.That(talked.Messages.Single().Content, Is.EqualTo("<video>q"));
        Assert.That(asked.Clips.Concat(talked.Clips).Select(clip => clip.Path), Is.All.EqualTo("/v.mp4"));
        Assert.That(asked.Fields.Concat(talked.Fields), Is.Empty);
    }
}
