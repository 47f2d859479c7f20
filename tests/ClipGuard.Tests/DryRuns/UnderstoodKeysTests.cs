using ClipGuard.DryRuns;
using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.DryRuns;

public sealed class UnderstoodKeysTests
{
    [TestCase("""{"messages":[{"role":"user","content":"<audio>"}],"audios":["a.wav"],"id":7}""", "text under messages, clips under audios")]
    [TestCase("""{"image":"a.png","conversations":[{"from":"human","value":"<image>"}],"system":"s"}""", "text under conversations, system, clips under image")]
    [TestCase("""{"question":"q","answer":"a","videos":["a.mp4","b.mp4"]}""", "text under question, answer, clips under videos")]
    [TestCase("""{"instruction":"i","input":"j","output":"o"}""", "text under instruction, input, output, no clips")]
    [TestCase("""{"messages":[{"role":"user","content":[{"type":"image","image":"a.png"}]}]}""", "text under messages, clips under messages")]
    [TestCase("""{"file_name":"a.png"}""", "no sample")]
    public void A_row_tells_the_keys_of_its_text_and_clips(string row, string words) =>
        Assert.That(UnderstoodKeys.InWords(ManifestFile.Read(row).Single()), Is.EqualTo(words));

    [Test]
    public void A_row_without_text_says_so() =>
        Assert.That(UnderstoodKeys.InWords(ManifestFile.Read("""{"audio":"a.wav"}""", new ManifestOptions { RequireMessages = false }).Single()),
            Is.EqualTo("no text, clips under audio"));
}
