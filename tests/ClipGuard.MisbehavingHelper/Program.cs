using ClipGuard.Helper.Sandbox;
using ClipGuard.Media.Wire;
using ClipGuard.MisbehavingHelper;

// A helper that speaks the protocol badly on request. How it starts is its first argument; how it decodes is the name of the clip.
ParentDeath.EndWithParent();
using var connection = new HelperConnection();
StartScript.Run(args.Length > 0 ? args[0] : "well", connection);

var script = new DecodeScript(connection);
while (connection.Receive() is { } message)
{
    script.Play(message);
}
