using ClipGuard.Cli.Running;
using ClipGuard.Cli.Settings;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

using Serilog;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Json;
using Serilog.Sinks.SystemConsole.Themes;

namespace ClipGuard.Cli.Logging;

/// <summary>
/// The log of one run: to where the configuration file says, or else warnings to the error stream and all to a rolling file in the output folder.
/// </summary>
internal sealed class RunLog : IDisposable
{
    /// <summary>Stands for the output folder in the values of the configuration file's log section.</summary>
    public const string OutputPlaceholder = "{out}";

    private const string FileName = "log-.jsonl";
    private const long FileBytes = 64 << 20;
    private const int FilesKept = 10;

    private readonly Serilog.Core.Logger _logger;

    private RunLog(Serilog.Core.Logger logger)
    {
        _logger = logger;
        Factory = new SerilogLoggerFactory(logger, dispose: false);
    }

    /// <summary>Makes the loggers that the library writes to.</summary>
    public ILoggerFactory Factory { get; }

    /// <summary>Opens the log.</summary>
    /// <param name="file">The configuration file; null where none was named.</param>
    /// <param name="outputFolder">The run's output folder; null where it has none, and the default log has no file then.</param>
    /// <exception cref="UsageException">The configuration file's log section cannot be followed.</exception>
    public static RunLog Open(ConfigurationFile? file, string? outputFolder) =>
        new(file is { HasLogSection: true } ? FromFile(file, outputFolder) : Default(outputFolder));

    /// <inheritdoc/>
    public void Dispose()
    {
        Factory.Dispose();
        _logger.Dispose();
    }

    private static Serilog.Core.Logger Default(string? outputFolder)
    {
        LoggerConfiguration log = new LoggerConfiguration().WriteTo.Console(
            restrictedToMinimumLevel: LogEventLevel.Warning,
            outputTemplate: "{Level:w}: {Message:lj}{NewLine}",
            standardErrorFromLevel: LogEventLevel.Verbose,
            theme: ConsoleTheme.None);
        if (outputFolder is not null)
        {
            log.WriteTo.Async(later => later.File(
                new JsonFormatter(renderMessage: true),
                Path.Combine(outputFolder, FileName),
                rollingInterval: RollingInterval.Day,
                rollOnFileSizeLimit: true,
                fileSizeLimitBytes: FileBytes,
                retainedFileCountLimit: FilesKept));
        }

        return log.Destructure.With<FaultRecordDestructuringPolicy>().CreateLogger();
    }

    private static Serilog.Core.Logger FromFile(ConfigurationFile file, string? outputFolder)
    {
        // Serilog leaves out a sink whose name it does not know, and tells only SelfLog: a mistyped name would mean no log, without a word.
        var complaints = new List<string>();
        SelfLog.Enable(complaints.Add);
        try
        {
            using var json = new MemoryStream(file.Bytes.ToArray());
            IConfigurationRoot configuration = new ConfigurationBuilder().AddJsonStream(json).Build();
            foreach ((string key, string? value) in configuration.AsEnumerable())
            {
                configuration[key] = value?.Replace(OutputPlaceholder, outputFolder ?? ".", StringComparison.Ordinal);
            }

            Serilog.Core.Logger logger =
                new LoggerConfiguration().ReadFrom.Configuration(configuration).Destructure.With<FaultRecordDestructuringPolicy>().CreateLogger();
            return complaints.Count == 0 ? logger : throw new InvalidOperationException(WithoutPadding(complaints[0]));
        }
        catch (Exception error)
        {
            throw new UsageException($"{file.LogOrigin}: {error.Message}", error);
        }
        finally
        {
            SelfLog.Disable();
        }
    }

    // SelfLog puts the time in front of a complaint, and a list of all methods that Serilog has may follow.
    private static string WithoutPadding(string complaint)
    {
        string line = complaint.Split('\n')[0];
        line = line[(line.IndexOf("Z ", StringComparison.Ordinal) is >= 0 and var time ? time + 2 : 0)..];
        int candidates = line.IndexOf(" Candidate methods", StringComparison.Ordinal);
        return (candidates < 0 ? line : line[..candidates]).TrimEnd('.', ' ');
    }
}
