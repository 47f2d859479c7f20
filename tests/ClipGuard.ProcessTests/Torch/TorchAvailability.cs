using System.Text.RegularExpressions;

using NUnit.Framework;

using TorchSharp;

namespace ClipGuard.ProcessTests.Torch;

/// <summary>
/// Skips the tests with TorchSharp where the package is there and its native library cannot be loaded: it may want a newer C++ runtime than the system has.
/// </summary>
[SetUpFixture]
internal sealed partial class TorchAvailability
{
    [OneTimeSetUp]
    public void Load()
    {
        string? problem = null;
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
        }
        catch (TypeInitializationException refused)
        {
            problem = refused.Message;
        }

        if (problem is not null)
        {
            Assert.Ignore($"TorchSharp's native library cannot be loaded here: {WhatTheLoaderSaid()}");
        }
    }

    // TorchSharp's own message tells of all places that it tried, and not why the loader refused the library.
    private static string WhatTheLoaderSaid()
    {
        string library = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        string[] libraries = [library, .. Directory.GetFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories)];
        try
        {
            System.Runtime.InteropServices.NativeLibrary.Load(libraries.First(File.Exists));
            return "no reason given";
        }
        catch (DllNotFoundException refusal)
        {
            return MissingVersion().Match(refusal.Message) is { Success: true } missing ? missing.Value : refusal.Message;
        }
    }

    [GeneratedRegex("version `[^']+' not found")]
    private static partial Regex MissingVersion();
}
