using ParquetSharp;
using ParquetSharp.Schema;

namespace ClipGuard.Columnar;

/// <summary>A field of a Parquet schema: its form, its columns, and from which definition and repetition levels on it is there and repeats.</summary>
/// <param name="Name">The field's own name.</param>
/// <param name="Form">Which of the other members count.</param>
/// <param name="PresentAt">Definition level from which on it is not null.</param>
internal sealed record SchemaField(string Name, SchemaFieldForm Form, short PresentAt)
{
    /// <summary>Of a value: the number of its column in the file.</summary>
    public int Column { get; init; } = -1;

    /// <summary>Of an object its fields, of a list its items, of a map its keys and its values.</summary>
    public IReadOnlyList<SchemaField> Children { get; init; } = [];

    /// <summary>Of a list or a map: definition level from which on it has an item.</summary>
    public short ItemsAt { get; init; }

    /// <summary>Of a list or a map: repetition level of a further item.</summary>
    public short RepeatsAt { get; init; }

    /// <summary>The columns of all its values.</summary>
    public IEnumerable<int> Columns => Form == SchemaFieldForm.Value ? [Column] : Children.SelectMany(static child => child.Columns);

    /// <summary>The fields of a file's rows, in order.</summary>
    public static IReadOnlyList<SchemaField> Of(SchemaDescriptor schema)
    {
        int column = 0;
        using GroupNode root = schema.GroupNode;
        return FieldsOf(root, 0, 0, ref column);
    }

    /// <summary>The same without the values that are not wanted; null where none is left.</summary>
    public SchemaField? Only(Func<SchemaField, bool> isWanted)
    {
        if (Form == SchemaFieldForm.Value)
        {
            return isWanted(this) ? this : null;
        }

        SchemaField[] left = [.. Children.Select(child => child.Only(isWanted)).OfType<SchemaField>()];
        return left.Length == 0 || (Form == SchemaFieldForm.Map && left.Length < Children.Count) ? null : this with { Children = left };
    }

    private static SchemaField[] FieldsOf(GroupNode group, short definition, short repetition, ref int column)
    {
        var fields = new List<SchemaField>();
        foreach (Node field in group.Fields)
        {
            using (field)
            {
                fields.Add(Of(field, definition, repetition, ref column));
            }
        }

        return [.. fields];
    }

    private static SchemaField Of(Node node, short definition, short repetition, ref int column)
    {
        if (node.Repetition == Repetition.Repeated)
        {
            // Around it no list is written: it is one all the same, and never null.
            (short itemsAt, short repeatsAt) = ((short)(definition + 1), (short)(repetition + 1));
            SchemaField item = OfOne(node, itemsAt, repeatsAt, ref column);
            return new SchemaField(node.Name, SchemaFieldForm.List, definition) { Children = [item], ItemsAt = itemsAt, RepeatsAt = repeatsAt };
        }

        return OfOne(node, (short)(definition + (node.Repetition == Repetition.Optional ? 1 : 0)), repetition, ref column);
    }

    private static SchemaField OfOne(Node node, short presentAt, short repetition, ref int column)
    {
        if (node is not GroupNode group)
        {
            return new SchemaField(node.Name, SchemaFieldForm.Value, presentAt) { Column = column++ };
        }

        using LogicalType type = group.LogicalType;
        if (type.Type is LogicalTypeEnum.List or LogicalTypeEnum.Map && group.FieldCount == 1)
        {
            using Node repeated = group.Field(0);
            if (repeated.Repetition == Repetition.Repeated)
            {
                (short itemsAt, short repeatsAt) = ((short)(presentAt + 1), (short)(repetition + 1));
                SchemaField? entries = type.Type == LogicalTypeEnum.Map && repeated is GroupNode { FieldCount: 2 } pair
                    ? new SchemaField(node.Name, SchemaFieldForm.Map, presentAt) { Children = FieldsOf(pair, itemsAt, repeatsAt, ref column) }
                    : new SchemaField(node.Name, SchemaFieldForm.List, presentAt) { Children = [ItemOf(group, repeated, itemsAt, repeatsAt, ref column)] };
                return entries with { ItemsAt = itemsAt, RepeatsAt = repeatsAt };
            }
        }

        return new SchemaField(node.Name, SchemaFieldForm.Object, presentAt) { Children = FieldsOf(group, presentAt, repetition, ref column) };
    }

    // The format's own rules for lists of old writers, which have no group between the list and its items:
    // https://github.com/apache/parquet-format/blob/master/LogicalTypes.md, "Backward-compatibility rules".
    private static SchemaField ItemOf(GroupNode list, Node repeated, short itemsAt, short repeatsAt, ref int column)
    {
        if (repeated is not GroupNode { FieldCount: 1 } wrapped || wrapped.Name == "array" || wrapped.Name == list.Name + "_tuple")
        {
            return OfOne(repeated, itemsAt, repeatsAt, ref column);
        }

        using Node item = wrapped.Field(0);
        return item.Repetition == Repetition.Repeated
            ? OfOne(repeated, itemsAt, repeatsAt, ref column)
            : Of(item, itemsAt, repeatsAt, ref column);
    }
}

/// <summary>What a field's values are.</summary>
internal enum SchemaFieldForm
{
    /// <summary>A number, a text, bytes, …</summary>
    Value,

    /// <summary>Fields with names: a struct.</summary>
    Object,

    /// <summary>Any number of items.</summary>
    List,

    /// <summary>Any number of keys with a value each.</summary>
    Map,
}
