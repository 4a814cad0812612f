using Microsoft.Extensions.Logging.Console;

namespace Ttm.Server.Hosting;

/// <summary>Logs to the console: one JSON object a line, and for a developer one readable line.</summary>
internal static class LoggingSetup
{
    // Both report what keeps the server from starting, with a stack trace; ServerProcess says it in one sentence.
    private static readonly string[] StartReporters = ["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Call when the server has started: from then on those that report failures of the start report what they want.</summary>
    public static void LogAllOnceStarted(this WebApplication app) =>
        app.Lifetime.ApplicationStarted.Register(app.Services.GetRequiredService<StartGate>().Open);

    public static void AddLogs(this WebApplicationBuilder builder)
    {
        var logging = builder.Logging;
        logging.ClearProviders();
        logging.AddConsole();
        logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.TimestampFormat = "HH:mm:ss.fff ";
        });
        logging.AddJsonConsole(options =>
        {
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
        var chosen = builder.Configuration["Logging:Console:FormatterName"];
        var formatter = chosen ?? (builder.Environment.IsDevelopment() ? ConsoleFormatterNames.Simple : ConsoleFormatterNames.Json);
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.FormatterName = formatter);

        // These write whole URLs, and with them access_token. A setting cannot turn them on again.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.Routing", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.StaticFiles", LogLevel.Warning);

        var gate = new StartGate();
        builder.Services.AddSingleton(gate);
        foreach (var reporter in StartReporters)
            logging.AddFilter(reporter, level => gate.IsOpen && level >= LogLevel.Warning);
    }

    private sealed class StartGate
    {
        private volatile bool _isOpen;

        public bool IsOpen => _isOpen;

        public void Open() => _isOpen = true;
    }
}
