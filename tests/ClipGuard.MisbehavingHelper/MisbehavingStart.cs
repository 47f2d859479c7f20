using System.Globalization;

using ClipGuard.Helper.Sandbox;
using ClipGuard.Media.Wire;

namespace ClipGuard.MisbehavingHelper;

/// <summary>Ways to start.</summary>
internal static class MisbehavingStart
{
    public static void Run(string how, HelperConnection connection, bool streams = false)
    {
        string[] words = how.Split(':');
        switch (words[0])
        {
            case "well":
                Greet(connection, WireProtocol.Version, streams);
                break;
            case "knows-clips":
                Greet(connection, WireProtocol.Version, streams, knownClips: true);
                break;
            case "slow":
                Thread.Sleep(int.Parse(words[1], CultureInfo.InvariantCulture));
                Greet(connection, WireProtocol.Version, streams);
                break;
            case "unless":
                if (File.Exists(words[1]))
                {
                    NativeHangsAndCrashes.Block();
                }

                Greet(connection, WireProtocol.Version, streams);
                break;
            case "unless-dies":
                if (File.Exists(words[1]))
                {
                    Environment.Exit(7);
                }

                Greet(connection, WireProtocol.Version, streams);
                break;
            case "never-ready":
                NativeHangsAndCrashes.Block();
                break;
            case "dies":
                Console.Error.WriteLine("this helper dies before it is ready");
                Environment.Exit(7);
                break;
            case "wrong-version":
                Greet(connection, WireProtocol.Version - 1, streams);
                break;
            case "unready":
                connection.Send(new UnreadyMessage(UnreadyReason.DecoderMissing, "The decoder is not installed: apt-get install it"));
                Environment.Exit(1);
                break;
            case "nonsense":
                connection.SendBytes("good morning"u8);
                NativeHangsAndCrashes.Block();
                break;
            case "hangs-up":
                _ = NativeHangsAndCrashes.Close(WireProtocol.SocketDescriptor);
                NativeHangsAndCrashes.Block();
                break;
            default:
                throw new ArgumentException($"There is no start called {how}.");
        }
    }

    private static void Greet(HelperConnection connection, int version, bool streams, bool knownClips = false) =>
        connection.Send(new ReadyMessage(version, "MisbehavingHelper 1", "no decoder", Confinement.Close(streams))
        {
            Kinds = WireKindNames.All,
            KnownClips = knownClips,
        });
}
