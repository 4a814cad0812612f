using System.Collections.Concurrent;
using Ttm.Rtc.Dtls;

namespace Ttm.Sfu.Media;

/// <summary>
/// The threads that do the arithmetic of DTLS handshakes, so that a class that joins does not delay those who hear already. A session has
/// one piece of work here at most, so that the queue is as long as there are sessions (<see cref="MediaOptions.MaxSessions"/>), and a session's
/// datagrams wait in its <see cref="OffloadedDtls"/>; under overload joins take longer, and nothing is refused.
/// </summary>
internal sealed class HandshakeWorkers : IDisposable
{
    private const int MostThreads = 4;

    private readonly BlockingCollection<(MediaSession Session, DtlsWork Work)> _queue = [];
    private readonly Action<MediaSession, DtlsWork> _done;
    private readonly Thread[] _threads;

    /// <param name="done">Told, on a worker's thread, when a piece has been run.</param>
    public HandshakeWorkers(Action<MediaSession, DtlsWork> done)
    {
        _done = done;

        // Half of the cores: the others are for the loop and the recordings.
        _threads = new Thread[Math.Clamp(Environment.ProcessorCount / 2, 1, MostThreads)];
        for (int index = 0; index < _threads.Length; index++)
        {
            _threads[index] = new Thread(Work) { Name = $"handshake {index}", IsBackground = true };
            _threads[index].Start();
        }
    }

    /// <summary>Pieces that wait.</summary>
    public int Waiting => _queue.Count;

    public void Run(MediaSession session, DtlsWork work) => _queue.Add((session, work));

    /// <summary>After the loop has ended: what waits is not run.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        while (_queue.TryTake(out _))
        {
        }

        foreach (var thread in _threads)
            thread.Join();
        _queue.Dispose();
    }

    private void Work()
    {
        foreach (var (session, work) in _queue.GetConsumingEnumerable())
        {
            work.Run();
            _done(session, work);
        }
    }
}
