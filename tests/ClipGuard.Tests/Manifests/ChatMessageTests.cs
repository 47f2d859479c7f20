using System.Text;

using ClipGuard.Manifests;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

[CancelAfter(30_000)]
public sealed class ChatMessageTests
{
    [TestCase("system", MessageRole.System)]
    [TestCase("user", MessageRole.User)]
    [TestCase("assistant", MessageRole.Assistant)]
    [TestCase("tool_call", MessageRole.ToolCall)]
    [TestCase("tool_response", MessageRole.ToolResponse)]
    [TestCase("tool", MessageRole.ToolResponse)]
    public void Roles_are_those_of_ms_swift(string written, MessageRole role)
    {
        Sample sample = ManifestFile.ReadSample($$"""{"messages":[{"role":"{{written}}","content":"x"}]}""");

        Assert.That(sample.Messages.Single().Role, Is.EqualTo(role));
    }

    [Test]
    public void A_message_keeps_its_text_its_loss_and_what_is_unknown()
    {
        Sample sample = ManifestFile.ReadSample(
            """{"messages":[{"role":"user","content":"a\n\u00e4"},{"loss":false,"x":{"y": [1, 2]},"content":"b","role":"assistant","loss_scale":0.5}]}""");

        Assert.That(sample.Messages[0].Content, Is.EqualTo("a\nä"));
        Assert.That((sample.Messages[0].Loss, sample.Messages[0].LossScale), Is.EqualTo(((bool?)null, (double?)null)));
        Assert.That((sample.Messages[1].Loss, sample.Messages[1].LossScale), Is.EqualTo(((bool?)false, (double?)0.5)));
        Assert.That(sample.Messages[1].Fields.Single().Name, Is.EqualTo("x"));
        Assert.That(Encoding.UTF8.GetString(sample.Messages[1].Fields.Single().Json.Span), Is.EqualTo("""{"y": [1, 2]}"""));
    }

    [Test]
    public void Unknown_keys_survive_as_they_stand()
    {
        Sample sample = ManifestFile.ReadSample(
            """{"id":17,"messages":[{"role":"user","content":"x"}],"objects":{"bbox":[[1,2]]},"label":null,"tools":"[]","channel" : "a\u0062"}""");

        Assert.That(sample.Fields.Select(field => field.Name), Is.EqualTo(new[] { "id", "objects", "label", "tools", "channel" }));
        Assert.That(sample.Fields.Select(field => Encoding.UTF8.GetString(field.Json.Span)),
            Is.EqualTo(new[] { "17", """{"bbox":[[1,2]]}""", "null", "\"[]\"", """
                "a\u0062"
                """.Trim() }));
        Assert.That(sample.TryGetField("channel", out var channel) ? channel.GetString() : null, Is.EqualTo("ab"));
        Assert.That(sample.TryGetField("images", out _), Is.False);
    }

    [Test]
    public void Typed_parts_become_text_with_tags_and_their_clips_move_to_the_sample()
    {
        Sample sample = ManifestFile.ReadSample("""
            {"messages":[{"role":"user","content":[
            {"type":"image","image":"/a.png"},{"type":"text","text":"What is "},{"text":"this","type":"text"},
            {"video":"/v.mp4","type":"video"},{"type":"audio_url","audio_url":{"url":"/s.wav"}},{"type":"image_url","image_url":"/b.png"},
            {"type":"video","video":["/1.png","/2.png"]},{"type":"text","text":"?"}]}]}
            """.ReplaceLineEndings(""));

        Assert.That(sample.Messages.Single().Content, Is.EqualTo("<image>What is this<video><audio><image><video>?"));
        Assert.That(sample.Clips.Select(clip => (clip.Kind, clip.Path)), Is.EqualTo(new[]
        {
            (ClipKind.Image, "/a.png"), (ClipKind.Video, "/v.mp4"), (ClipKind.Audio, "/s.wav"), (ClipKind.Image, "/b.png"), (ClipKind.Video, "/1.png"),
        }));
        Assert.That(sample.Clips.Select(clip => clip.Key), Is.All.EqualTo("messages"));
        Assert.That(sample.Warnings, Is.Empty);
    }

    [TestCase("""{"type":"image"}""")]
    [TestCase("""{"type":"image","image":null}""")]
    [TestCase("""{"type":"image","image":""}""")]
    public void A_part_without_a_clip_stands_for_one_of_the_list(string part)
    {
        Sample sample = ManifestFile.ReadSample($$"""{"messages":[{"role":"user","content":[{{part}},{"type":"text","text":"?"}]}],"images":["/a.png"]}""");

        Assert.That(sample.Messages.Single().Content, Is.EqualTo("<image>?"));
        Assert.That(sample.Clips.Single().Key, Is.EqualTo("images"));
    }

    [TestCase("image", "url", ClipKind.Image)]
    [TestCase("image", "path", ClipKind.Image)]
    [TestCase("image", "image", ClipKind.Image)]
    [TestCase("image", "image_url", ClipKind.Image)]
    [TestCase("image_url", "image", ClipKind.Image)]
    [TestCase("audio", "path", ClipKind.Audio)]
    [TestCase("audio", "url", ClipKind.Audio)]
    [TestCase("audio", "audio_url", ClipKind.Audio)]
    [TestCase("audio_url", "url", ClipKind.Audio)]
    [TestCase("video", "path", ClipKind.Video)]
    [TestCase("video", "video_url", ClipKind.Video)]
    [TestCase("video_url", "video", ClipKind.Video)]
    public void A_parts_clip_stands_under_any_of_the_keys_that_are_in_use(string type, string key, ClipKind kind)
    {
        foreach (string value in new[] { "\"/clip\"", "{\"url\":\"/clip\"}", "{\"path\":\"/clip\",\"bytes\":null}" })
        {
            Sample sample = ManifestFile.ReadSample(
                $$"""{"messages":[{"role":"user","content":[{"{{key}}":{{value}},"type":"{{type}}"},{"type":"text","text":"q","{{key}}":null}]}]}""");

            Assert.That(sample.Clips.Select(clip => (clip.Kind, clip.Path)), Is.EqualTo(new[] { (kind, "/clip") }));
            Assert.That(sample.Messages.Single().Content, Is.EqualTo($"<{kind.ToString().ToLowerInvariant()}>q"));
            Assert.That(sample.Warnings, Is.Empty);
        }
    }

    [Test]
    public void A_part_names_one_clip()
    {
        ManifestRow row = ManifestFile.Read("""{"messages":[{"role":"user","content":[{"type":"image","image":"/a.png","url":"/b.png"}]}]}""").Single();

        Assert.That((row as BadRow)?.Found, Is.EqualTo("a second clip under 'url' of a part"));
    }

    [Test]
    public void Parts_and_a_list_may_not_both_name_clips_of_one_kind()
    {
        const string Parts = """{"messages":[{"role":"user","content":[{"type":"image","image":"/a.png"}]}],""";

        ManifestRow both = ManifestFile.Read(Parts + "\"images\":[\"/b.png\"]}").Single();
        ManifestRow otherKind = ManifestFile.Read(Parts + "\"audios\":[\"/b.wav\"]}").Single();
        ManifestRow emptyList = ManifestFile.Read(Parts + "\"images\":[null]}").Single();

        Assert.That((both as BadRow)?.Found, Is.EqualTo("image clips in 'images' as well as in the messages' parts"));
        Assert.That(otherKind, Is.InstanceOf<SampleRow>());
        Assert.That(emptyList, Is.InstanceOf<SampleRow>());
    }

    [Test]
    public void Keys_of_a_part_that_are_not_used_are_said()
    {
        Sample sample = ManifestFile.ReadSample("""{"messages":[{"role":"user","content":[{"type":"video","video":"/v.mp4","fps":2.0}]}]}""");

        Assert.That(sample.Warnings.Single(), Is.EqualTo("the key 'fps' of a part of type 'video' is not used"));
    }

    [Test]
    public void Rows_without_messages_are_samples_where_that_is_asked_for()
    {
        Sample sample = ManifestFile.ReadSample("""{"audio":"/a.wav","text":"hello"}""", new ManifestOptions { RequireMessages = false });

        Assert.That(sample.Messages, Is.Empty);
        Assert.That(sample.Clips.Single().Path, Is.EqualTo("/a.wav"));
        Assert.That(sample.Fields.Single().Name, Is.EqualTo("text"));
    }
}
