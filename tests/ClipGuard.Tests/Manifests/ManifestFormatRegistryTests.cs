using System.Collections.Immutable;

using ClipGuard.Manifests;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

/// <summary>Formats that other assemblies read, and what is said where they were not added. They are the process's, so nothing runs beside this.</summary>
[NonParallelizable]
[CancelAfter(10_000)]
public sealed class ManifestFormatRegistryTests
{
    private ImmutableArray<IManifestFormat> _before;
    private string _folder = null!;

    [SetUp]
    public void Remember()
    {
        _before = ManifestFormatRegistry.All;
        ManifestFormatRegistry.All = ManifestFormatRegistry.BuiltIn;
        _folder = Directory.CreateTempSubdirectory("clipguard-formats-").FullName;
    }

    [TearDown]
    public void Forget()
    {
        ManifestFormatRegistry.All = _before;
        Directory.Delete(_folder, recursive: true);
    }

    [TestCase("train.parquet", "")]
    [TestCase("TRAIN.PARQUET", "{}")]
    [TestCase("data", "PAR1....")]
    [TestCase("data.jsonl", "PARE....")]
    [TestCase("metadata.parquet", "PAR1")]
    public void Parquet_without_its_reader_says_which_package_reads_it(string name, string content)
    {
        string file = Write(name, content);

        Assert.That(() => Manifest.Open(file), Throws.InstanceOf<ManifestException>().With.Message.EqualTo(
            $"{file} is Parquet, which the package ClipGuard.Parquet reads: reference it and call ParquetFormat.Add() once before the manifest is opened."));
    }

    [Test]
    public void A_folder_of_parquet_without_its_reader_says_so_too()
    {
        string first = Write("data/train-00000-of-00002.parquet", "PAR1");
        Write("data/train-00001-of-00002.parquet", "PAR1");

        Assert.That(() => Manifest.Open(_folder), Throws.InstanceOf<ManifestException>().With.Message.StartsWith($"{first} is Parquet, which"));
    }

    [Test]
    public void A_format_that_was_added_opens_its_files_by_name_and_by_their_first_bytes()
    {
        var format = new Listing();
        ManifestFormatRegistry.Add(format);
        ManifestFormatRegistry.Add(format);

        Assert.That(Manifest.Open(Write("a.list", string.Empty)).Name, Is.EqualTo($"1: {_folder}/a.list"));
        Assert.That(Manifest.Open(Write("b.jsonl", "LIST")).Name, Is.EqualTo($"1: {_folder}/b.jsonl"));
        Assert.That(Manifest.Open(Write("c.jsonl", "LOST")), Is.InstanceOf<JsonLinesManifest>());
        Assert.That(Manifest.Open(Write("d.LIST", string.Empty)).Name, Is.EqualTo($"1: {_folder}/d.LIST"));
        Assert.That(ManifestFormatRegistry.All.Count(known => known is Listing), Is.EqualTo(1));
    }

    [Test]
    public void Several_files_of_one_format_are_one_manifest_and_of_several_a_sequence()
    {
        ManifestFormatRegistry.Add(new Listing());
        Write("a/train-0.list", string.Empty);
        Write("b/train-1.list", string.Empty);
        Write("b/more.jsonl", string.Empty);

        Assert.That(Manifest.Open(_folder).Name, Is.EqualTo($"2: {_folder}"));
        Assert.That(Manifest.Open(Path.Combine(_folder, "?/train-*.list")).Name, Is.EqualTo($"2: {_folder}/?/train-*.list"));
        Assert.That(Manifest.Open(Path.Combine(_folder, "b/*")), Is.InstanceOf<ConcatenatedManifest>());
    }

    [Test]
    public void Metadata_of_a_format_wins_over_other_files_of_it()
    {
        ManifestFormatRegistry.Add(new Listing());
        Write("a.list", string.Empty);
        Write("x/metadata.list", string.Empty);

        Assert.That(Manifest.Open(_folder).Name, Is.EqualTo($"1: {_folder}/x/metadata.list"));
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    private sealed class Listing : IManifestFormat
    {
        public string Name => "List";

        public IReadOnlyList<string> Extensions => [".list"];

        public bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith("LIST"u8);

        public IIndexableManifest Open(string name, IReadOnlyList<string> files, ManifestOptions? options) =>
            new ConcatenatedManifest($"{files.Count}: {name}", []);
    }
}
