using ClipGuard.Loading;
using ClipGuard.Manifests;

using FsCheck;
using FsCheck.Fluent;

using Microsoft.ML.Tokenizers;

using NUnit.Framework;

namespace ClipGuard.Tests.Loading;

/// <summary>Token ids beside a batch's clips.</summary>
[CancelAfter(60_000)]
internal sealed class BatchTokensTests
{
    [Test]
    public async Task Ids_of_a_tokenizer_lie_beside_the_clips_with_their_mask()
    {
        using var folder = new TextManifest("Hello world", "Hello", "Hello world of");
        // example: tokens
        Tokenizer tokenizer = TiktokenTokenizer.CreateForModel("gpt2");
        string TextOf(Sample sample) => string.Concat(sample.Messages.Select(message => message.Content));
        var options = new LoaderOptions
        {
            BatchBySize = new BatchBySizeOptions(new SampleSize(sample => tokenizer.CountTokens(TextOf(sample)), "gpt2 tokens"), MaxSize: 4096),
            Collate = batch => batch.AddTokens(sample => tokenizer.EncodeToIds(TextOf(sample)), new TokenOptions { PadId = 50256 }),
        };
        // end
        await using ClipLoader loader = await ClipLoader.OpenAsync(folder.Manifest, options with { Shuffle = ShuffleMode.None }, folder.Clips);
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                // The ids that GPT-2's published vocabulary has for these words.
                Assert.That(Rows<long>(batch["tokens"]), Is.EqualTo(new[]
                {
                    new long[] { 15496, 995, 286 },
                    [15496, 995, 50256],
                    [15496, 50256, 50256],
                }));
                Assert.That(Rows<byte>(batch["tokens_mask"]), Is.EqualTo(new[] { new byte[] { 1, 1, 1 }, [1, 1, 0], [1, 0, 0] }));
            }
        }

        Assert.That(loader.LastEpoch!.BatchCount, Is.EqualTo(1));
        Assert.That(loader.State.BySize!.Size, Is.EqualTo("gpt2 tokens"));
    }

    [Test]
    public void The_manual_prints_the_example_that_is_compiled()
    {
        string source = File.ReadAllText(Repository.PathOf("tests/ClipGuard.Tests/Loading/BatchTokensTests.cs"));
        string[] lines = source.Split("// example: tokens\n", 2)[1].Split("// end")[0].TrimEnd().Split('\n');

        Assert.That(
            File.ReadAllText(Repository.PathOf("src/ClipGuard/Loading/Batching.md")),
            Does.Contain(string.Join('\n', lines.Select(line => line.Length > 8 ? line[8..] : line.Trim()))));
    }

    [Test]
    public async Task Several_samples_share_a_row_where_they_are_packed()
    {
        using var folder = new TextManifest("abc", "defgh", "", "ij", "k");
        await using ClipLoader loader = await OpenAsync(folder, new TokenOptions { PackInto = 6, PadId = 7, Name = "text" });
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                Assert.That(Rows<long>(batch["text"]), Is.EqualTo(new[] { new long[] { 'd', 'e', 'f', 'g', 'h', 'k' }, ['a', 'b', 'c', 'i', 'j', 7] }));
                Assert.That(Rows<byte>(batch["text_mask"]), Is.EqualTo(new[] { new byte[] { 1, 1, 1, 1, 1, 1 }, [1, 1, 1, 1, 1, 0] }));
                Assert.That(Rows<long>(batch["text_samples"]), Is.EqualTo(new[] { new long[] { 1, 1, 1, 1, 1, 4 }, [0, 0, 0, 3, 3, -1] }));
                Assert.That(Rows<long>(batch["text_positions"]), Is.EqualTo(new[] { new long[] { 0, 1, 2, 3, 4, 0 }, [0, 1, 2, 0, 1, 0] }));
            }
        }
    }

    [Test]
    public async Task Columns_may_be_a_multiple_and_long_texts_be_cut()
    {
        using var folder = new TextManifest("abcdefghijk", "ab");
        await using ClipLoader loader = await OpenAsync(folder, new TokenOptions { MaxTokens = 3, ColumnsMultipleOf = 8 });
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                Assert.That(batch["tokens"].Shape.ToArray(), Is.EqualTo(new nint[] { 5, 8 }));
                Assert.That(Rows<byte>(batch["tokens_mask"]).Select(row => row.Sum(bit => bit)), Is.EqualTo(new[] { 3, 2, 0, 0, 0 }));
            }
        }
    }

    [Test]
    public async Task A_text_longer_than_a_row_ends_the_loop_in_words_and_masked_samples_have_no_tokens()
    {
        using var folder = new TextManifest("ab", "abcdefghijk");
        await using ClipLoader packed = await OpenAsync(folder, new TokenOptions { PackInto = 6 });
        await Assert.ThatAsync(() => LoaderRun.ReadAsync(packed), Throws.ArgumentException.With.Message.Contains("line 2 has 11 tokens"));

        await using ClipLoader loader = await ClipLoader.OpenAsync(
            folder.Manifest, Options(new TokenOptions()) with { BatchSize = 3, Shuffle = ShuffleMode.None }, folder.Clips);
        await foreach (Batch batch in loader)
        {
            using (batch)
            {
                Assert.That(Rows<byte>(batch["tokens_mask"])[2], Is.All.Zero);
            }
        }
    }

    [Test]
    public void Packing_holds_every_sequence_once_in_about_as_few_rows_as_can_be()
    {
        Prop.ForAll(Gen.Choose(0, 50).ArrayOf().ToArbitrary(), lengths =>
        {
            IReadOnlyList<int[]> rows = SequencePacker.Pack(lengths, 50);
            return rows.SelectMany(row => row).Order().SequenceEqual(Enumerable.Range(0, lengths.Length).Where(i => lengths[i] > 0))
                && rows.All(row => row.Sum(i => lengths[i]) <= 50)
                && rows.Count(row => row.Sum(i => lengths[i]) <= 25) <= 1;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static Task<ClipLoader> OpenAsync(TextManifest folder, TokenOptions tokens) => ClipLoader.OpenAsync(folder.Manifest, Options(tokens), folder.Clips);

    private static LoaderOptions Options(TokenOptions tokens) => new()
    {
        Shuffle = ShuffleMode.None,
        BatchSize = 5,
        DropLast = false,
        OnBadSample = BadSamplePolicy.Skip,
        Collate = batch => batch.AddTokens(static sample => [.. sample.Messages[0].Content.Select(static letter => (int)letter)], tokens),
    };

    private static T[][] Rows<T>(BatchTensor tensor)
        where T : unmanaged
    {
        var all = new T[tensor.AsTensorSpan<T>().FlattenedLength];
        tensor.AsTensorSpan<T>().FlattenTo(all);
        return [.. all.Chunk((int)tensor.Shape[1])];
    }

    private sealed class TextManifest : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("clipguard-text-").FullName;

        public TextManifest(params string[] texts) => File.WriteAllLines(
            Path.Combine(_folder, "text.jsonl"), texts.Select(text => $$"""{"messages":[{"role":"user","content":"{{text}}"}]}"""));

        public IManifest Manifest => new JsonLinesManifest(Path.Combine(_folder, "text.jsonl"));

        public ScriptedLoaderDecoder Clips { get; } = new();

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
