using System.Reflection;

using ClipGuard.Helper.Sandbox;
using ClipGuard.Media;
using ClipGuard.Media.Libav;
using ClipGuard.Media.Wire;

// A helper's whole life: end with the parent, link the decoder, close the sandbox, say ready, decode until the socket ends.
// The order matters: once the sandbox is closed nothing can be loaded that brings code of its own along.
ParentDeath.EndWithParent();

using var connection = new HelperConnection();
if (LibavLibrary.FindTrouble() is { } trouble)
{
    connection.Send(new UnreadyMessage(UnreadyReason.DecoderMissing, trouble));
    return 1;
}

using LibavDecoder decoder = new LibavDecoder();
SandboxLevel level = Confinement.Close();
string version = typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
connection.Send(new ReadyMessage(WireProtocol.Version, $"ClipGuard.Helper {version.Split('+')[0]}", decoder.Version, level));

new ClipGuard.Helper.DecodeLoop(connection, decoder).Run();
return 0;
