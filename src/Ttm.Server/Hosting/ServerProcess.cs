using System.Net.Sockets;
using System.Security.Cryptography;
using Ttm.Rtc;
using Ttm.Server.Configuration;

namespace Ttm.Server.Hosting;

/// <summary>The process: runs until it is told to stop. Whatever keeps it from starting is one sentence on stderr and exit code 1.</summary>
internal static class ServerProcess
{
    public static async Task<int> RunAsync(string[] args, TextWriter errors)
    {
        try
        {
            if (!TurnNodeSetup.IsAskedFor(args) && !NativeLibraries.Check(out var missing))
                throw new StartException(missing);
            await using var app = ServerHost.Build(args);
            await StartAsync(app);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (OperationCanceledException)
        {
            // Told to stop before it had started.
            return 0;
        }
        catch (StartException problem)
        {
            await errors.WriteLineAsync($"ttm-server cannot start. {problem.Message}");
            return 1;
        }
    }

    // What Kestrel and the media port find out only when they open: a port in use, a certificate that is not there or does not fit.
    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new StartException($"{OneLine(exception)} Is another server running? Else set Http:Urls or Media:Port to free ones.");
        }
        catch (Exception exception) when (exception is InvalidOperationException or CryptographicException or FormatException or UnauthorizedAccessException)
        {
            throw new StartException(OneLine(exception));
        }
    }

    private static string OneLine(Exception exception) => string.Join(' ', exception.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
