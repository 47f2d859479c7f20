using System.Text;

using ClipGuard.Manifests;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

[CancelAfter(30_000)]
public sealed class ClipReferenceReaderTests
{
    // The smallest PNG header that is long enough to be recognised as base64.
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Enumerable.Range(0, 64).Select(i => (byte)i)];

    private static readonly ManifestOptions AnyRow = new() { RequireMessages = false, RootImageDirectory = null };

    [TestCase(""" "images":["/a.png","/b.png"] """, ClipKind.Image, "images", "/a.png /b.png")]
    [TestCase(""" "images":"/a.png" """, ClipKind.Image, "images", "/a.png")]
    [TestCase(""" "image":"/a.png" """, ClipKind.Image, "image", "/a.png")]
    [TestCase(""" "image":["/a.png"] """, ClipKind.Image, "image", "/a.png")]
    [TestCase(""" "videos":["/a.mp4","/b.mp4"] """, ClipKind.Video, "videos", "/a.mp4 /b.mp4")]
    [TestCase(""" "video":"/a.mp4" """, ClipKind.Video, "video", "/a.mp4")]
    [TestCase(""" "audios":"/a.wav" """, ClipKind.Audio, "audios", "/a.wav")]
    [TestCase(""" "audio":["/a.wav"] """, ClipKind.Audio, "audio", "/a.wav")]
    [TestCase(""" "rejected_images":["/a.png"] """, ClipKind.Image, "rejected_images", "/a.png")]
    [TestCase(""" "images":[null,"/a.png",null] """, ClipKind.Image, "images", "/a.png")]
    [TestCase(""" "images":null,"image":"/a.png" """, ClipKind.Image, "image", "/a.png")]
    [TestCase(""" "images":[{"path":"/a.png","bytes":null}] """, ClipKind.Image, "images", "/a.png")]
    [TestCase(""" "images":[{"url":"/a.png"}] """, ClipKind.Image, "images", "/a.png")]
    [TestCase(""" "images":[" /a.png\n"] """, ClipKind.Image, "images", "/a.png")]
    [TestCase(""" "images":["\/a\u002epng"] """, ClipKind.Image, "images", "/a.png")]
    [TestCase(""" "images":["file:///a.png"] """, ClipKind.Image, "images", "/a.png")]
    [TestCase(""" "images":["FILE:///a.png"] """, ClipKind.Image, "images", "/a.png")]
    [TestCase(""" "images":["file://localhost/a.png"] """, ClipKind.Image, "images", "/a.png")]
    [TestCase(""" "images":["/x/../a.png"] """, ClipKind.Image, "images", "/a.png")]
    public void Files_are_named_in_many_ways(string media, ClipKind kind, string key, string paths)
    {
        Sample sample = ManifestFile.ReadSample($"{{{media}}}", AnyRow);

        Assert.That(string.Join(' ', sample.Clips.Select(clip => clip.Path)), Is.EqualTo(paths));
        Assert.That(sample.Clips.Select(clip => (clip.Kind, clip.Key)), Is.All.EqualTo((kind, key)));
        Assert.That(sample.Clips.Select(clip => clip.Source), Is.EqualTo(sample.Clips.Select(clip => new FileSource(clip.Path!))));
        Assert.That(sample.Clips.Select(clip => clip.Refusal), Is.All.Null);
    }

    [TestCase(""" "images":[] """)]
    [TestCase(""" "images":null """)]
    [TestCase(""" "images":[null] """)]
    [TestCase(""" "images":[{"bytes":null,"path":null}] """)]
    [TestCase(""" "label":1 """)]
    public void Nothing_named_is_no_clip(string media)
    {
        Assert.That(ManifestFile.ReadSample($"{{{media}}}", AnyRow).Clips, Is.Empty);
    }

    [TestCase("https://example.org/a.png", FaultKind.Unsupported, "--allow-http")]
    [TestCase("HTTP://example.org/a.png", FaultKind.Unsupported, "HTTP://")]
    [TestCase("s3://bucket/a.png", FaultKind.Unsupported, "s3://")]
    [TestCase("", FaultKind.Missing, "empty")]
    [TestCase("  ", FaultKind.Missing, "empty")]
    [TestCase("a\\u0000b.png", FaultKind.Missing, "NUL")]
    [TestCase("data:image/png;base64", FaultKind.Corrupt, "no comma")]
    [TestCase("data:image/png;base64,@@@@", FaultKind.Corrupt, "not base64")]
    public void What_leads_nowhere_is_refused_before_any_decode(string written, FaultKind fault, string message)
    {
        ClipReference clip = ManifestFile.ReadSample($$"""{"images":["{{written}}"]}""", AnyRow).Clips.Single();

        Assert.That(clip.Source, Is.Null);
        Assert.That(clip.Refusal?.Kind, Is.EqualTo(fault));
        Assert.That(clip.Refusal?.Message, Does.Contain(message));
    }

    [TestCase("https://example.org/a.png?sig=%2Fx", "https://example.org/a.png?sig=%2Fx")]
    [TestCase("HTTP://example.org/a.png", "http://example.org/a.png")]
    public void An_address_is_a_clip_only_where_that_is_allowed(string written, string address)
    {
        ClipReference clip = ManifestFile.ReadSample($$"""{"images":["{{written}}"]}""", AnyRow with { AllowHttp = true }).Clips.Single();

        Assert.That((clip.Refusal, clip.Path), Is.EqualTo(((ClipRefusal?)null, (string?)null)));
        Assert.That((clip.Source as RemoteSource)?.Address.AbsoluteUri, Is.EqualTo(address));
    }

    [TestCase("https://me:secret@example.org/a.png", "https://example.org/a.png")]
    [TestCase("https://example.org/a.png?X-Amz-Signature=secret", "https://example.org/a.png?…")]
    [TestCase("https://example.org/a.png#secret", "https://example.org/a.png?…")]
    [TestCase("https://secret@example.org?secret", "https://example.org?…")]
    [TestCase("https://me:sec?ret@example.org/a.png", "https://…")]
    [TestCase("https://example.org/@me/a.png", "https://example.org/@me/a.png")]
    [TestCase("s3://key:secret@bucket/a.png?secret", "s3://bucket/a.png?…")]
    public void What_may_be_secret_in_an_address_is_not_told(string written, string told)
    {
        foreach (bool allow in new[] { false, true })
        {
            ClipReference clip = ManifestFile.ReadSample($$"""{"images":["{{written}}"]}""", AnyRow with { AllowHttp = allow }).Clips.Single();

            Assert.That(clip.AsWritten, Is.EqualTo(told));
            Assert.That($"{clip.Refusal}{clip.Path}{(allow ? clip.Source : null)}", Does.Not.Contain("secret").And.Not.Contain("ret@"));
        }
    }

    [Test]
    public void A_bad_row_that_quotes_an_address_does_not_tell_its_secrets()
    {
        ManifestRow row = ManifestFile.Read("""{"messages":["https://me:secret@example.org/?secret"]}""").Single();

        Assert.That((row as BadRow)?.Found, Is.EqualTo("'https://example.org/?…'"));
    }

    [TestCase("clip #1.wav", "clip #1.wav", "clip #1.wav")]
    [TestCase("what?.wav", "what?.wav", "what?.wav")]
    [TestCase("a%20c.wav", "a%20c.wav", "a%20c.wav")]
    [TestCase("a%20c.wav", "a c.wav", "a c.wav")]
    [TestCase("%C3%A4%23.wav", "ä#.wav", "ä#.wav")]
    [TestCase("100%.wav", "100%.wav", "100%.wav")]
    [TestCase("a%20c.wav", "other.wav", "a%20c.wav")]
    [TestCase("sub/a%20c.wav", "sub/a c.wav", "sub/a c.wav")]
    public void What_follows_the_file_scheme_is_the_path_as_it_stands_or_decoded(string afterScheme, string there, string path)
    {
        foreach (string prefix in new[] { "", "./", "/" })
        {
            using var file = new ManifestFile(string.Empty);
            file.Touch(there);
            string folder = prefix == "/" ? file.Folder + "/" : prefix;
            File.WriteAllText(file.FilePath, $$"""{"audios":["file://{{folder}}{{afterScheme}}"]}""");

            var row = (SampleRow)file.Read(AnyRow with { Root = file.Folder }).Single();

            Assert.That(row.Sample.Clips.Single().Path, Is.EqualTo(Path.Combine(file.Folder, path)));
            Assert.That(row.Sample.Clips.Single().Source, Is.EqualTo(new FileSource(Path.Combine(file.Folder, path))));
        }
    }

    [Test]
    public void Allowing_http_allows_no_other_scheme()
    {
        ClipReference clip = ManifestFile.ReadSample("""{"images":["ftp://example.org/a.png"]}""", AnyRow with { AllowHttp = true }).Clips.Single();

        Assert.That((clip.Source, clip.Refusal?.Kind), Is.EqualTo(((ClipSource?)null, FaultKind.Unsupported)));
    }

    [TestCase("data:image/png;base64,")]
    [TestCase("data:;base64,")]
    [TestCase("")]
    public void Encoded_bytes_are_decoded_and_shortened_in_reports(string prefix)
    {
        string written = prefix + Convert.ToBase64String(Png);

        foreach (string escaped in new[] { written, written.Replace("/", "\\/"), written.Replace("V", "\\u0056") })
        {
            ClipReference clip = ManifestFile.ReadSample($$"""{"images":["{{escaped}}"]}""", AnyRow).Clips.Single();

            Assert.That(((MemorySource)clip.Source!).Bytes.ToArray(), Is.EqualTo(Png));
            Assert.That(clip.Path, Is.Null);
            Assert.That(clip.AsWritten, Is.EqualTo($"{written[..32]}… ({written.Length} characters)"));
        }
    }

    [TestCase("data:,a%20b%C3%A4%zz%", "a bä%zz%")]
    [TestCase("data:text/plain;charset=utf-8,x", "x")]
    public void A_data_uri_may_be_percent_encoded(string written, string text)
    {
        ClipReference clip = ManifestFile.ReadSample($$"""{"images":["{{written}}"]}""", AnyRow).Clips.Single();

        Assert.That(Encoding.UTF8.GetString(((MemorySource)clip.Source!).Bytes.Span), Is.EqualTo(text));
    }

    [Test]
    public void Bytes_win_over_the_path_beside_them()
    {
        string bytes = Convert.ToBase64String(Png);
        string line = $$"""{"images":[{"bytes":"{{bytes}}","path":"a.png"},{"path":"a.png","bytes":"{{bytes}}"}]}""";

        Sample sample = ManifestFile.ReadSample(line, AnyRow);

        Assert.That(sample.Clips.Select(clip => ((MemorySource)clip.Source!).Bytes.ToArray()), Is.All.EqualTo(Png));
    }

    [TestCase(2000, true)]
    [TestCase(2001, false)]
    public void A_string_of_more_than_two_thousand_characters_is_no_path(int length, bool isPath)
    {
        string written = "/" + new string('ä', length - 1);

        ClipReference clip = ManifestFile.ReadSample($$"""{"images":["{{written}}"]}""", AnyRow).Clips.Single();

        Assert.That(clip.Path is not null, Is.EqualTo(isPath));
        Assert.That(clip.Refusal?.Kind, Is.EqualTo(isPath ? null : FaultKind.Corrupt));
    }

    [Test]
    public void A_long_string_is_base64_whatever_its_first_bytes()
    {
        byte[] bytes = new byte[30_000];
        string written = Convert.ToBase64String(bytes);

        ClipReference clip = ManifestFile.ReadSample($$"""{"audio":"{{written}}"}""", AnyRow).Clips.Single();

        Assert.That(((MemorySource)clip.Source!).Bytes.ToArray(), Is.EqualTo(bytes));
    }

    [Test]
    public void A_list_within_the_videos_is_one_video_of_frame_images()
    {
        Sample sample = ManifestFile.ReadSample("""{"videos":[["/1.png","/2.png","/3.png"],"/v.mp4"]}""", AnyRow);

        Assert.That(sample.Clips.Select(clip => clip.Kind), Is.All.EqualTo(ClipKind.Video));
        Assert.That(((FileListSource)sample.Clips[0].Source!).Paths, Is.EqualTo(new[] { "/1.png", "/2.png", "/3.png" }));
        Assert.That(sample.Clips[0].AsWritten, Is.EqualTo("/1.png … (3 frames)"));
        Assert.That(sample.Clips[0].Path, Is.EqualTo("/1.png"));
        Assert.That(sample.Clips[1].Source, Is.EqualTo(new FileSource("/v.mp4")));
    }

    [TestCase("https://example.org/1.png", FaultKind.Unsupported)]
    [TestCase("data:image/png;base64,iVBORw0KGgo=", FaultKind.Unsupported)]
    [TestCase("", FaultKind.Missing)]
    public void A_frame_that_is_no_file_refuses_its_video(string frame, FaultKind fault)
    {
        ClipReference clip = ManifestFile.ReadSample($$"""{"videos":[["/1.png","{{frame}}"]]}""", AnyRow).Clips.Single();

        Assert.That(clip.Source, Is.Null);
        Assert.That(clip.Refusal?.Kind, Is.EqualTo(fault));
    }

    [Test]
    public void Clips_keep_the_order_in_which_the_row_names_them()
    {
        Sample sample = ManifestFile.ReadSample("""{"videos":["/1","/2"],"x":0,"images":["/3"],"audio":"/4"}""", AnyRow);

        Assert.That(sample.Clips.Select(clip => clip.Path), Is.EqualTo(new[] { "/1", "/2", "/3", "/4" }));
    }
}
