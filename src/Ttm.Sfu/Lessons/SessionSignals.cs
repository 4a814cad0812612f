using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Ttm.Rtc;
using Ttm.Sfu.Media;

namespace Ttm.Sfu.Lessons;

/// <summary>
/// Carries sessions' changes of state from the loop, which may not wait, to their lessons, in order. Bounded by nature: a session changes its
/// state twice in its life.
/// </summary>
internal sealed class SessionSignals : IAsyncDisposable
{
    private readonly Channel<Signal> _channel = Channel.CreateUnbounded<Signal>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _reading;

    public SessionSignals(ILogger logger)
    {
        _reading = Task.Run(() => ReadAsync(logger));
    }

    public void Send(Lesson lesson, MediaSession media, RtcSessionState state) => _channel.Writer.TryWrite(new Signal(lesson, media, state));

    public async ValueTask DisposeAsync()
    {
        _channel.Writer.TryComplete();
        await _reading;
    }

    private async Task ReadAsync(ILogger logger)
    {
        await foreach (var signal in _channel.Reader.ReadAllAsync())
        {
            try
            {
                await signal.Lesson.OnStateChangedAsync(signal.Media, signal.State);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                Log.SignalFault(logger, signal.Lesson.Id, fault);
            }
        }
    }

    private readonly record struct Signal(Lesson Lesson, MediaSession Media, RtcSessionState State);
}
