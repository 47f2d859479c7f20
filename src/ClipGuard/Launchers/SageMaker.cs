using System.Text.Json;

namespace ClipGuard.Launchers;

/// <summary>A host of a SageMaker training job: <c>SM_HOSTS</c> is a JSON list of all of them, <c>SM_CURRENT_HOST</c> is this one.</summary>
internal static class SageMaker
{
    private const string Hosts = "SM_HOSTS";
    private const string Host = "SM_CURRENT_HOST";

    /// <summary>The claim; null outside SageMaker.</summary>
    /// <exception cref="LaunchException">This host is not among them.</exception>
    public static LaunchClaim? Read(LaunchVariables variables)
    {
        if (variables.Text(Hosts) is not { } text)
        {
            return null;
        }

        string[]? hosts;
        try
        {
            hosts = JsonSerializer.Deserialize(text, SageMakerJson.Default.StringArray);
        }
        catch (JsonException)
        {
            hosts = null;
        }

        // The list is sorted here, since nothing says that every host has it in the same order.
        int index = hosts is null ? -1 : Array.IndexOf([.. hosts.Order(StringComparer.Ordinal)], variables.Text(Host));
        return index >= 0 ? variables.Claim("SageMaker", LaunchNesting.Nodes, index, hosts!.Length, Host, Hosts)
            : throw new LaunchException($"SageMaker's variables name no host of several: {variables.Show(Host, Hosts)}");
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string[]))]
internal sealed partial class SageMakerJson : System.Text.Json.Serialization.JsonSerializerContext;
