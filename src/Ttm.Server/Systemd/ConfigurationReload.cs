using System.Runtime.InteropServices;

namespace Ttm.Server.Systemd;

/// <summary>
/// Reads the configuration again at SIGHUP (<c>systemctl reload</c>). What follows it is said where it is used: API keys and log levels. All else
/// is read at the start alone.
/// </summary>
internal sealed partial class ConfigurationReload(IConfiguration configuration, ILogger<ConfigurationReload> logger) : IHostedService, IDisposable
{
    private PosixSignalRegistration? _signal;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _signal = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _signal?.Dispose();

    internal void Reload()
    {
        try
        {
            (configuration as IConfigurationRoot)?.Reload();
            LogReloaded();
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            // What is wrong with a file must not end lessons.
            LogUnreadable(exception.InnerException?.Message ?? exception.Message);
        }
    }

    private void OnHangUp(PosixSignalContext context)
    {
        // Else the process would end.
        context.Cancel = true;
        Reload();
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Configuration read again; API keys and log levels follow it")]
    private partial void LogReloaded();

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "Configuration cannot be read again, what was read before stays: {Reason}")]
    private partial void LogUnreadable(string reason);
}
