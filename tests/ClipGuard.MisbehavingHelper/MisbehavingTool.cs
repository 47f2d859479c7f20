using System.Diagnostics;
using System.Globalization;

namespace ClipGuard.MisbehavingHelper;

/// <summary>Ways for a tool to treat its inputs. It opens them in the order in which they are named.</summary>
internal static class MisbehavingTool
{
    private const int BlockBytes = 32 * 1024;

    public static int Run(string script, string[] paths)
    {
        string[] words = script.Split(':');
        int number = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
        switch (words[0])
        {
            case "in-step":
                return ReadInStep(paths);
            case "in-turn":
                return ReadInTurn(paths);
            case "exit":
                _ = ReadInStep(paths);
                return number;
            case "part":
                return ReadPart(paths, number);
            case "part-late":
                return ReadPart(paths, number, late: true);
            case "never-opens":
                return 0;
            case "segv":
                _ = ReadPart(paths, BlockBytes);
                NativeHangsAndCrashes.Segfault();
                return 0;
            case "never-reads":
                FileStream[] open = [.. paths.Select(File.OpenRead)];
                NativeHangsAndCrashes.Block();
                return open.Length;
            case "stops-reading":
                _ = ReadPart(paths, BlockBytes, keepOpen: true);
                NativeHangsAndCrashes.Block();
                return 0;
            case "sleeps":
            case "ignores-sigterm":
                NativeHangsAndCrashes.Block();
                return 0;
            case "spins":
                NativeHangsAndCrashes.Spin();
                return 0;
            case "grandchild":
                Process.Start("/bin/sleep", words[1]);
                return ReadInStep(paths);
            case "daemon":
                Process.Start("/usr/bin/setsid", ["--fork", "/bin/sleep", words[1]]).WaitForExit();
                return ReadInStep(paths);
            case "daemon-and-sleeps":
                Process.Start("/usr/bin/setsid", ["--fork", "/bin/sleep", words[1]]).WaitForExit();
                NativeHangsAndCrashes.Block();
                return 0;
            case "floods":
                string line = new('x', 1023);
                for (int kilobyte = 0; kilobyte < number; kilobyte++)
                {
                    Console.Out.WriteLine(line);
                    Console.Error.WriteLine(line);
                }

                Console.Out.WriteLine("the end");
                return ReadInStep(paths);
            default:
                throw new ArgumentException($"There is no tool called {script}.");
        }
    }

    // A block of each at a time, as a tool that compares frames does.
    private static int ReadInStep(string[] paths)
    {
        FileStream[] inputs = [.. paths.Select(File.OpenRead)];
        long[] read = new long[inputs.Length];
        byte[] block = new byte[BlockBytes];
        bool more = true;
        while (more)
        {
            more = false;
            for (int i = 0; i < inputs.Length; i++)
            {
                int count = inputs[i].Read(block);
                read[i] += count;
                more |= count > 0;
            }
        }

        Console.WriteLine(string.Join(' ', read));
        return 0;
    }

    // One to its end, then the next, which is not even opened before.
    private static int ReadInTurn(string[] paths)
    {
        List<long> read = [];
        foreach (string path in paths)
        {
            using FileStream input = File.OpenRead(path);
            byte[] block = new byte[BlockBytes];
            long total = 0;
            for (int count; (count = input.Read(block)) > 0;)
            {
                total += count;
            }

            read.Add(total);
        }

        Console.WriteLine(string.Join(' ', read));
        return 0;
    }

    private static int ReadPart(string[] paths, int bytes, bool keepOpen = false, bool late = false)
    {
        FileStream[] inputs = [.. paths.Select(path => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0))];
        if (late)
        {
            // Long enough for the pipes to fill up.
            Thread.Sleep(2000);
        }

        foreach (FileStream input in inputs)
        {
            input.ReadExactly(new byte[bytes]);
            if (!keepOpen)
            {
                input.Dispose();
            }
        }

        return 0;
    }
}
