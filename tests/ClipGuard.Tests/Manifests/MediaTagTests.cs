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
    [TestCase("<image>q", """ "images":[] """, "<image>q", null)]
    [TestCase("<image>q", """ "rejected_images":["/1"] """, "<image>q", null)]
    public void Missing_tags_come_before_the_first_message_as_in_ms_swift(string content, string media, string result, string? warning)
    {
        Sample sample = ManifestFile.ReadSample($$"""{"messages":[{"role":"user","content":"{{content}}"}],{{media}}}""");

        Assert.That(sample.Messages[0].Content, Is.EqualTo(result));
        Assert.That(sample.Warnings.SingleOrDefault(), Is.EqualTo(warning));
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
