using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

[CancelAfter(30_000)]
public sealed class MediaTagTests
{
    [TestCase("<image>q", """ "images":["/1"] """, "<image>q", null)]
    [TestCase("q", """ "images":["/1"] """, "<image>q", null)]
    [TestCase("q<image>", """ "images":["/1","/2","/3"] """, "<image><image>q<image>", null)]
    [TestCase("q", """ "images":["/1"],"audios":["/2"],"videos":["/3"] """, "<video><audio><image>q", null)]
    [TestCase("<image>q", """ "images":["/1"],"audios":["/2","/3"] """, "<audio><audio><image>q", null)]
    [TestCase("<image><image>q", """ "images":["/1"] """, "<image><image>q", "2 <image> tags for 1 image clips")]
    [TestCase("<image>q", """ "rejected_images":["/1"] """, "<image>q", null)]
    public void Missing_tags_come_before_the_first_message_as_in_ms_swift(string content, string media, string result, string? warning)
    {
        Sample sample = ManifestFile.ReadSample($$"""{"messages":[{"role":"user","content":"{{content}}"}],{{media}}}""");

        Assert.That(sample.Messages[0].Content, Is.EqualTo(result));
        Assert.That(sample.Warnings.SingleOrDefault(), Is.EqualTo(warning));
    }

    [TestCase(""" "<audio>no list" """, "", "1 <audio> tag for 0 audio clips")]
    [TestCase(""" "<image>q" """, """ ,"images":[] """, "1 <image> tag for 0 image clips")]
    [TestCase(""" "<image>q" """, """ ,"images":[null] """, "1 <image> tag for 0 image clips")]
    [TestCase(""" "<video><video>q" """, """ ,"audios":["/a.wav"] """, "2 <video> tags for 0 video clips")]
    [TestCase(""" [{"type":"image"},{"type":"text","text":"q"}] """, "", "1 <image> tag for 0 image clips")]
    [TestCase(""" [{"type":"audio","audio":null}] """, "", "1 <audio> tag for 0 audio clips")]
    [TestCase(""" [{"type":"video","fps":1}] """, "", "1 <video> tag for 0 video clips")]
    [TestCase(""" [{"type":"image","image":"/a.png"},{"type":"image"}] """, "", "2 <image> tags for 1 image clips")]
    [TestCase(""" [{"type":"image"},{"type":"image"}] """, """ ,"images":["/a.png"] """, "2 <image> tags for 1 image clips")]
    public void A_part_or_a_kind_of_tag_without_a_clip_makes_the_row_bad(string content, string media, string found)
    {
        ManifestRow row = ManifestFile.Read($$"""{"messages":[{"role":"user","content":{{content}}}]{{media}}}""").Single();

        Assert.That((row as BadRow)?.Found, Is.EqualTo(found));
    }

    [Test]
    public void Keys_that_might_have_been_meant_for_a_clip_are_told()
    {
        ManifestRow row = ManifestFile.Read("""{"messages":[{"role":"user","content":"<image>q"}],"image_path":"missing.jpg","id":1}""").Single();

        Assert.That(
            (row as BadRow)?.Expected,
            Is.EqualTo("a clip for each, under 'images', 'image' or in a message's part; keys that name no clip: image_path, id"));
    }

    [Test]
    public void The_first_message_is_the_first_after_the_system_text_whose_tags_count()
    {
        Sample sample = ManifestFile.ReadSample(
            """{"messages":[{"role":"system","content":"<image>s"},{"role":"user","content":"u"},{"role":"assistant","content":"a<image>"}],"""
            + """ "images":["/1","/2","/3"]}""");

        Assert.That(sample.Messages.Select(message => message.Content), Is.EqualTo(new[] { "<image>s", "<image>u", "a<image>" }));
    }

    [Test]
    public void Where_there_is_only_system_text_a_warning_says_so()
    {
        Sample sample = ManifestFile.ReadSample("""{"messages":[{"role":"system","content":"s"}],"videos":["/1"]}""");

        Assert.That(sample.Messages[0].Content, Is.EqualTo("s"));
        Assert.That(sample.Warnings.Single(), Does.Contain("1 video clips have no tag"));
    }

    [TestCase("<image>q", """ "images":["/1"] """, true)]
    [TestCase("q", """ "images":["/1"] """, false)]
    [TestCase("<image>q", """ "label":true """, false)]
    [TestCase("<image><image>q", """ "images":["/1"] """, false)]
    [TestCase("<video><audio>q", """ "videos":["/1"],"audios":["/2"] """, true)]
    [TestCase("<video>q", """ "videos":["/1"],"audios":["/2"] """, false)]
    [TestCase("q", """ "label":true """, true)]
    public void Strict_counting_wants_a_tag_for_each_clip_as_llama_factory_does(string content, string media, bool isSample)
    {
        ManifestRow row = ManifestFile.Read(
            $$"""{"messages":[{"role":"user","content":"{{content}}"}],{{media}}}""", new ManifestOptions { Counting = MediaCounting.Strict }).Single();

        Assert.That(row is SampleRow, Is.EqualTo(isSample));
        Assert.That(row is BadRow bad ? bad.Column : 13, Is.EqualTo(13));
    }
}
