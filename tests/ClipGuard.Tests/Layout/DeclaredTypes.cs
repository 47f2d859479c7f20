using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ClipGuard.Tests.Layout;

/// <summary>The types of compiled assemblies, and how many members their sources declare. Read without loading them.</summary>
internal static class DeclaredTypes
{
    /// <summary>The assemblies of all projects that are built in this test's configuration: those below <c>artifacts/bin</c>.</summary>
    public static IEnumerable<string> Assemblies()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return own.Parent!.Parent!.EnumerateDirectories("ClipGuard*")
            .Select(project => Path.Combine(project.FullName, own.Name, project.Name + ".dll"))
            .Where(File.Exists);
    }

    /// <summary>Each type of an assembly that somebody has written, and how many members it declares.</summary>
    public static IReadOnlyList<(string Type, int Members)> Count(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        MetadataReader reader = file.GetMetadataReader();
        return
        [
            .. from handle in reader.TypeDefinitions
               let type = reader.GetTypeDefinition(handle)
               where !IsMade(reader, type.Name, type.GetCustomAttributes()) && !Has(reader, type.GetCustomAttributes(), "GeneratedCodeAttribute")
               select (FullName(reader, type), MembersOf(reader, type)),
        ];
    }

    // Fields, properties, events, methods that are no accessors, constructors and nested types, but for what the compiler makes of itself.
    private static int MembersOf(MetadataReader reader, TypeDefinition type)
    {
        HashSet<MethodDefinitionHandle> ofMembers =
        [
            .. from handle in type.GetProperties()
               let accessors = reader.GetPropertyDefinition(handle).GetAccessors()
               from accessor in new[] { accessors.Getter, accessors.Setter }
               select accessor,
            .. from handle in type.GetEvents()
               let accessors = reader.GetEventDefinition(handle).GetAccessors()
               from accessor in new[] { accessors.Adder, accessors.Remover }
               select accessor,
        ];
        return type.GetFields().Select(reader.GetFieldDefinition).Count(field => !IsMade(reader, field.Name, field.GetCustomAttributes()))
            + type.GetProperties().Select(reader.GetPropertyDefinition).Count(property => !IsMade(reader, property.Name, property.GetCustomAttributes()))
            + type.GetEvents().Select(reader.GetEventDefinition).Count(made => !IsMade(reader, made.Name, made.GetCustomAttributes()))
            + type.GetMethods().Where(handle => !ofMembers.Contains(handle)).Select(reader.GetMethodDefinition)
                .Count(method => !IsMade(reader, method.Name, method.GetCustomAttributes()))
            + type.GetNestedTypes().Select(reader.GetTypeDefinition).Count(nested => !IsMade(reader, nested.Name, nested.GetCustomAttributes()));
    }

    // By the compiler: closures, backing fields, what records have besides their parameters, static constructors of initial values, an enumeration's own field.
    // By a generator: what has two underscores before its name.
    private static bool IsMade(MetadataReader reader, StringHandle name, CustomAttributeHandleCollection attributes)
    {
        string text = reader.GetString(name);
        return text.StartsWith('<') || text.StartsWith("__", StringComparison.Ordinal) || text is ".cctor" or "value__" or "EqualityContract"
            || Has(reader, attributes, "CompilerGeneratedAttribute");
    }

    private static bool Has(MetadataReader reader, CustomAttributeHandleCollection attributes, string name) => attributes.Any(handle =>
        reader.GetCustomAttribute(handle).Constructor is { Kind: HandleKind.MemberReference } constructor
        && reader.GetMemberReference((MemberReferenceHandle)constructor).Parent is { Kind: HandleKind.TypeReference } attribute
        && reader.StringComparer.Equals(reader.GetTypeReference((TypeReferenceHandle)attribute).Name, name));

    private static string FullName(MetadataReader reader, TypeDefinition type) => type.GetDeclaringType() is { IsNil: false } outer
        ? $"{FullName(reader, reader.GetTypeDefinition(outer))}.{reader.GetString(type.Name)}"
        : $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
}
