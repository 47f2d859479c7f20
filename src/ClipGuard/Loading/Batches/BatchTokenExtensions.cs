using System.Numerics.Tensors;

using ClipGuard.Manifests;

namespace ClipGuard.Loading;

/// <summary>
/// Puts the text of a batch's samples beside their clips, as token ids of whatever tokenizer. To be called in <see cref="LoaderOptions.Collate"/>.
/// </summary>
public static class BatchTokenExtensions
{
    /// <summary>
    /// Adds token ids and their mask: <c>tokens</c> int64 <c>[batch, longest]</c> and <c>tokens_mask</c> uint8 of the same shape, 1 for each token. A sample
    /// that is masked has none.
    /// With <see cref="TokenOptions.PackInto"/> the rows are as long as that says, hold several samples each, and there are as many as it takes;
    /// <c>tokens_samples</c> int64 says which sample of the batch a token is of, -1 for none (no token may attend to another sample's), and
    /// <c>tokens_positions</c> int64 the token's place in its sample.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="encode">The token ids of a sample. Called once for each, one after the other.</param>
    /// <param name="options">How they lie; null for the defaults.</param>
    /// <exception cref="ArgumentException">A sample has more tokens than a row of packed ones, or the batch has a tensor of that name.</exception>
    public static void AddTokens(this Batch batch, Func<Sample, IReadOnlyList<int>> encode, TokenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(encode);
        options ??= new TokenOptions();
        options.Validate();
        int[][] tokens = [.. batch.Samples.Select(sample => sample.Sample is { } real ? Cut(encode(real), options.MaxTokens) : [])];
        if (options.PackInto is { } columns)
        {
            int tooLong = Array.FindIndex(tokens, ids => ids.Length > columns);
            Add(batch, options, tokens, columns, tooLong < 0 ? SequencePacker.Pack([.. tokens.Select(static ids => ids.Length)], columns)
                : throw new ArgumentException(
                    $"The sample at line {batch.Samples[tooLong].Line} has {tokens[tooLong].Length} tokens, more than "
                        + $"{nameof(TokenOptions.PackInto)} = {columns}; set {nameof(TokenOptions.MaxTokens)} to keep the first of them.",
                    nameof(options)));
            return;
        }

        int longest = tokens.Max(static ids => (int?)ids.Length) ?? 0;
        longest = (longest + options.ColumnsMultipleOf - 1) / options.ColumnsMultipleOf * options.ColumnsMultipleOf;
        Add(batch, options, tokens, longest, [.. Enumerable.Range(0, tokens.Length).Select(static sample => new[] { sample })]);
    }

    private static int[] Cut(IReadOnlyList<int> ids, int? most) => [.. ids.Take(most ?? int.MaxValue)];

    private static void Add(Batch batch, TokenOptions options, int[][] tokens, int columns, IReadOnlyList<int[]> rows)
    {
        TensorSpan<long> ids = batch.Add<long>(options.Name, rows.Count, columns).AsTensorSpan<long>();
        TensorSpan<byte> mask = batch.Add<byte>($"{options.Name}_mask", rows.Count, columns).AsTensorSpan<byte>();
        bool isPacked = options.PackInto is not null;
        TensorSpan<long> samples = isPacked ? batch.Add<long>($"{options.Name}_samples", rows.Count, columns).AsTensorSpan<long>() : default;
        TensorSpan<long> positions = isPacked ? batch.Add<long>($"{options.Name}_positions", rows.Count, columns).AsTensorSpan<long>() : default;
        ids.Fill(options.PadId);
        if (isPacked)
        {
            samples.Fill(-1);
        }

        for (int row = 0; row < rows.Count; row++)
        {
            int column = 0;
            foreach (int sample in rows[row])
            {
                for (int position = 0; position < tokens[sample].Length; position++, column++)
                {
                    ids[row, column] = tokens[sample][position];
                    mask[row, column] = 1;
                    if (isPacked)
                    {
                        samples[row, column] = sample;
                        positions[row, column] = position;
                    }
                }
            }
        }
    }
}
