using ClipGuard.Cli.Settings;

namespace ClipGuard.Cli.Serving;

/// <summary>Whom <c>clipguard serve</c> decodes for.</summary>
internal static class ServeSettings
{
    public static readonly SettingGroup Connection = new("Connection");

    public static readonly Setting<int> Socket = Connection.Value(
        "socket",
        "N",
        "Descriptor of a socket (SOCK_SEQPACKET) whose other end is the program that started this. Needed.",
        SettingTextParser.CountOrNone,
        places: SettingPlaces.CommandLine);
}
