using Ttm.Rtc;
using Ttm.Sfu.Media;

namespace Ttm.Sfu.Lessons;

/// <summary>
/// Connections of no lesson, by which a browser finds out what its network lets through: ICE, DTLS and a trickle of silence, as a student has them
/// who is not selected. Each ends by itself.
/// </summary>
public sealed class TrialConnections(MediaPort port, TimeProvider time)
{
    /// <summary>At one time; further ones are refused.</summary>
    public const int Limit = 64;

    /// <summary>Long enough for the slowest way in to come up and be measured.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(20);

    private static readonly SessionOwner Nobody = new("network", false);
    private readonly SessionFactory _factory = new(port);
    private readonly Publication _silence = new();
    private int _open;

    /// <summary>Connections now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>The answer to an offer as a student's page makes it. There is no session URL: the connection closes after <see cref="Lifetime"/>.</summary>
    public async Task<LessonResult<string>> ConnectAsync(string offer)
    {
        if (Interlocked.Increment(ref _open) > Limit || port.IsFull)
        {
            Interlocked.Decrement(ref _open);
            return LessonResult.Fail<string>(LessonFailure.Full, "This server has as many connections as it takes.");
        }

        var made = _factory.Create(Nobody, offer, _silence);
        if (!made.Succeeded)
        {
            Interlocked.Decrement(ref _open);
            return LessonResult.Fail<string>(made.Failure, made.Detail!);
        }

        var (session, answer) = made.Value;
        session.Media.StateChanged = (_, state) =>
        {
            if (state == RtcSessionState.Closed)
                Interlocked.Decrement(ref _open);
        };
        await port.InvokeAsync((loop, now) =>
        {
            loop.Add(session.Media, now);
            return true;
        });
        _ = CloseLaterAsync(session.Media);
        return answer;
    }

    private async Task CloseLaterAsync(MediaSession media)
    {
        try
        {
            await Task.Delay(Lifetime, time);
            await port.InvokeAsync((loop, now) =>
            {
                loop.Close(media, "the trial is over", now);
                return true;
            });
        }
        catch (OperationCanceledException)
        {
            // The port has closed first.
        }
    }
}
