using System.Reflection;

namespace ClipGuard;

/// <summary>Which ClipGuard this is.</summary>
public static class ProductVersion
{
    /// <summary>The version, as in <c>0.2.0</c>.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
