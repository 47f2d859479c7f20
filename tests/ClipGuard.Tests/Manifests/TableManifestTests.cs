using ClipGuard.Manifests;
using ClipGuard.Media;

using NUnit.Framework;

namespace ClipGuard.Tests.Manifests;

public sealed class TableManifestTests : IndexableManifestContract
{
    private string File => Path.Combine(Folder, "m.csv");

    protected override IIndexableManifest Make()
    {
        System.IO.File.WriteAllText(File, """
            video,query,response,note
            /a.mp4,What?,"He said ""no"".",1

            ,"two
            lines",,2
            "[""/b.mp4"",""/c.mp4""]",q,r,"x,y"
            too,few
            /d.mp4,q,r,"ä"
            """);
        return new TableManifest(File);
    }

    protected override void Change() => System.IO.File.AppendAllText(File, "\n/e.mp4,q,r,");

    [Test]
    public void Cells_become_what_their_columns_say()
    {
        List<ManifestRow> rows = Make().ReadRowsAsync().ToBlockingEnumerable().ToList();

        Assert.That(rows.Select(row => row.Line), Is.EqualTo(new[] { 2, 4, 6, 7, 8 }));
        Assert.That((rows[3] as BadRow)?.Message, Is.EqualTo("found 2 cells, expected 4, one for each column"));
        Sample[] samples = [.. rows.OfType<SampleRow>().Select(row => row.Sample)];
        Assert.That(samples[0].Messages.Select(message => message.Content), Is.EqualTo(new[] { "<video>What?", "He said \"no\"." }));
        Assert.That(samples[1].Messages.Select(message => message.Content), Is.EqualTo(new[] { "two\nlines" }));
        Assert.That(samples[1].Clips, Is.Empty);
        Assert.That(samples[2].Clips.Select(clip => (clip.Kind, clip.Path)), Is.EqualTo(new[] { (ClipKind.Video, "/b.mp4"), (ClipKind.Video, "/c.mp4") }));
        Assert.That(samples.Select(sample => sample.TryGetField("note", out var note) ? note.GetString() : null), Is.EqualTo(new[] { "1", "2", "x,y", "ä" }));
    }

    [Test]
    public void Columns_with_other_names_can_be_said()
    {
        string path = Path.Combine(Folder, "other.tsv");
        System.IO.File.WriteAllText(path, "file\ttext\r\na.wav\thello, \"you\"\r\n");

        var options = new TableOptions { Rows = new() { Columns = new Dictionary<string, string> { ["file"] = "audio" }, RootImageDirectory = null } };
        var row = (SampleRow)new TableManifest(path, options).ReadRowsAsync().ToBlockingEnumerable().Single();

        Assert.That(row.Sample.Clips.Single().Path, Is.EqualTo(Path.Combine(Folder, "a.wav")));
        Assert.That(row.Sample.Fields.Select(field => field.Name), Is.EqualTo(new[] { "text" }));
    }

    [TestCase("audio,response\n/a.wav,hello\n", null)]
    [TestCase("audio,caption\n/a.wav,hello\n", "caption")]
    public void A_response_alone_is_text_also_where_a_column_is_said_to_be_it(string table, string? column)
    {
        string path = Path.Combine(Folder, "response.csv");
        System.IO.File.WriteAllText(path, table);
        var options = new TableOptions { Rows = new() { Columns = column is null ? [] : new Dictionary<string, string> { [column] = "response" } } };
        var row = (SampleRow)new TableManifest(path, options).ReadRowsAsync().ToBlockingEnumerable().Single();

        Assert.That(row.Sample.Messages, Is.EqualTo(new[] { new Message(MessageRole.Assistant, "<audio>hello") }));
        Assert.That(row.Sample.Fields, Is.Empty);
    }

    [Test]
    public void A_messages_column_holds_json()
    {
        string path = Path.Combine(Folder, "messages.csv");
        System.IO.File.WriteAllText(path, "messages\n\"[{\"\"role\"\":\"\"user\"\",\"\"content\"\":\"\"hi\"\"}]\"\nnonsense\n\"\"\"open\n");

        List<ManifestRow> rows = new TableManifest(path).ReadRowsAsync().ToBlockingEnumerable().ToList();

        Assert.That(rows.Select(row => row is SampleRow), Is.EqualTo(new[] { true, false, false }));
        Assert.That(((SampleRow)rows[0]).Sample.Messages.Single().Content, Is.EqualTo("hi"));
    }

    [TestCase("image,image\n1,2", "two columns for 'image'")]
    [TestCase("image,\"b\n1,2", "cannot be read as column names")]
    public void A_header_that_cannot_be_one_is_refused(string content, string message)
    {
        System.IO.File.WriteAllText(File, content);

        Assert.That(
            () => new TableManifest(File).ReadRowsAsync().ToBlockingEnumerable().ToList(),
            Throws.InstanceOf<ManifestException>().With.Message.Contains(message));
    }

    [TestCase("video_path,caption\nmissing.mp4,hello\n", "video_path, caption")]
    [TestCase("query;response\nq;r\n", "query;response")]
    public void A_table_without_a_column_of_clips_is_refused_with_its_columns(string content, string columns)
    {
        System.IO.File.WriteAllText(File, content);

        foreach (Func<Task> read in new Func<Task>[]
        {
            () => Task.FromResult(new TableManifest(File).ReadRowsAsync().ToBlockingEnumerable().ToList()),
            () => new TableManifest(File).IndexAsync(),
        })
        {
            Assert.That(
                read,
                Throws.InstanceOf<ManifestException>().With.Message
                    .Contains($"No column of {File} names clips; its columns are {columns}. Say which does: --columns NAME=video"));
        }

        var options = new ManifestOptions { RootImageDirectory = null, Columns = new Dictionary<string, string> { ["video_path"] = "video" } };
        if (columns.StartsWith("video_path", StringComparison.Ordinal))
        {
            var row = (SampleRow)ClipGuard.Manifests.Manifest.Open(File, options).ReadRowsAsync().ToBlockingEnumerable().Single();
            Assert.That(row.Sample.Clips.Single().Path, Is.EqualTo(Path.Combine(Folder, "missing.mp4")));
        }
    }

    [TestCase("m.csv", "audios;query;response\n/t.wav;q;a\n")]
    [TestCase("m.csv", "audios|query|response\n/t.wav|q|a\n")]
    [TestCase("m.csv", "audios\tquery\tresponse\n/t.wav\tq\ta\n")]
    [TestCase("m.tsv", "audios,query,response\n/t.wav,q,a\n")]
    [TestCase("m.csv", "\"audios\";\"query\";\"response\"\n/t.wav;q;a\n")]
    public void Other_characters_between_cells_are_recognised(string name, string content)
    {
        string path = Path.Combine(Folder, name);
        System.IO.File.WriteAllText(path, content);

        var row = (SampleRow)new TableManifest(path).ReadRowsAsync().ToBlockingEnumerable().Single();

        Assert.That(row.Sample.Clips.Single().Path, Is.EqualTo("/t.wav"));
        Assert.That(row.Sample.Messages.Select(message => message.Content), Is.EqualTo(new[] { "<audio>q", "a" }));
    }

    [Test]
    public void Turns_before_the_question_are_a_cell_of_json()
    {
        string path = Path.Combine(Folder, "history.csv");
        System.IO.File.WriteAllText(path, "audio,query,response,history\n/a.wav,q2,r2,\"[[\"\"q1\"\",\"\"r1\"\"]]\"\n/b.wav,q,r,\n/c.wav,q,r,never\n");

        List<ManifestRow> rows = new TableManifest(path).ReadRowsAsync().ToBlockingEnumerable().ToList();

        Assert.That(((SampleRow)rows[0]).Sample.Messages.Select(message => message.Content), Is.EqualTo(new[] { "<audio>q1", "r1", "q2", "r2" }));
        Assert.That(((SampleRow)rows[1]).Sample.Messages, Has.Count.EqualTo(2));
        Assert.That((rows[2] as BadRow)?.Found, Is.EqualTo("'history' that is no list of turns"));
    }

    [Test]
    public void A_column_that_is_not_there_is_said_with_those_that_are()
    {
        Make();
        var manifest = new TableManifest(File, new TableOptions { Rows = new() { Columns = new Dictionary<string, string> { ["clip"] = "video" } } });

        Assert.That(() => manifest.ReadRowsAsync().ToBlockingEnumerable().ToList(),
            Throws.InstanceOf<ManifestException>().With.Message.Contains("no column 'clip'; its columns are video, query, response, note"));
    }

    [TestCase("a,b", "a;b")]
    [TestCase("", "")]
    [TestCase(",", ";")]
    [TestCase("\"a,b\",c", "a,b;c")]
    [TestCase("\"a\"\"b\"", "a\"b")]
    [TestCase("a\"b,c", "a\"b;c")]
    [TestCase("\"a\"b", null)]
    [TestCase("\"a", null)]
    public void Cells_are_split_as_rfc_4180_says(string row, string? cells)
    {
        string[]? split = CsvCells.Split(System.Text.Encoding.UTF8.GetBytes(row), ',');

        Assert.That(split is null ? null : string.Join(';', split), Is.EqualTo(cells));
    }
}
