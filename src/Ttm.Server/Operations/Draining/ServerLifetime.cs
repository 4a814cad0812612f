using System.Runtime.InteropServices;

namespace Ttm.Server.Operations.Draining;

/// <summary>
/// What signals mean: the first SIGTERM drains, a second one stops at once; so do SIGINT (a developer's Ctrl-C) and SIGQUIT. Stopping finishes recordings in any
/// case.
/// </summary>
internal sealed class ServerLifetime(IHostApplicationLifetime application, Drain drain) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private int _terms;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            _signals.Add(PosixSignalRegistration.Create(signal, Handle));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        var isFirstTerm = context.Signal == PosixSignal.SIGTERM && Interlocked.Increment(ref _terms) == 1;
        if (isFirstTerm && drain.IsWanted && application.ApplicationStarted.IsCancellationRequested)
            _ = DrainAsync();
        else
            application.StopApplication();
    }

    private async Task DrainAsync()
    {
        try
        {
            await drain.RunAsync();
        }
        finally
        {
            application.StopApplication();
        }
    }
}
