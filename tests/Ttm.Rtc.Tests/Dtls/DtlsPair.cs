using Ttm.Rtc.Dtls;

namespace Ttm.Rtc.Tests.Dtls;

/// <summary>An active and a passive end, a seeded pipe between them that loses, repeats and delays, and a clock that is only a number.</summary>
internal sealed class DtlsPair : IDisposable
{
    internal static readonly DtlsCertificate ActiveCertificate = DtlsCertificate.Create(DateTimeOffset.UnixEpoch.AddYears(55));
    internal static readonly DtlsCertificate PassiveCertificate = DtlsCertificate.Create(DateTimeOffset.UnixEpoch.AddYears(55));

    private readonly Random _random;
    private readonly double _loss;
    private readonly TimeSpan _maxDelay;
    private readonly PriorityQueue<(bool ToPassive, byte[] Datagram), (Instant, int)> _pipe = new();
    private int _sent;

    internal DtlsPair(int seed = 0, double loss = 0, int maxDelayMilliseconds = 0, DtlsOptions? activeOptions = null, DtlsOptions? passiveOptions = null)
    {
        _random = new Random(seed);
        _loss = loss;
        _maxDelay = TimeSpan.FromMilliseconds(maxDelayMilliseconds);
        Active = new DtlsTransport(ActiveCertificate, DtlsRole.Active, [PassiveCertificate.Fingerprint], activeOptions ?? DtlsOptions.Default);
        Passive = new DtlsTransport(PassiveCertificate, DtlsRole.Passive, [ActiveCertificate.Fingerprint], passiveOptions ?? DtlsOptions.Default);
    }

    internal DtlsTransport Active { get; init; }

    internal DtlsTransport Passive { get; init; }

    internal Instant Now { get; private set; } = new(1_000_000_000);

    internal int LongestDatagram { get; private set; }

    internal List<byte[]> Sent { get; } = [];

    /// <summary>Decides over a datagram's loss instead of chance: its number, and whether it goes to the passive end.</summary>
    internal Func<int, bool, bool>? Loses { get; init; }

    public void Dispose()
    {
        Active.Dispose();
        Passive.Dispose();
    }

    internal void Start()
    {
        Passive.Start(Now);
        Active.Start(Now);
        Drain();
    }

    /// <summary>Runs until nothing is left to happen, or for a minute of the pair's clock.</summary>
    internal void Run()
    {
        Instant end = Now + TimeSpan.FromMinutes(1);
        while (Now < end)
        {
            Instant next = Instant.Min(Active.NextTick, Passive.NextTick);
            if (_pipe.TryPeek(out _, out (Instant At, int) head))
                next = Instant.Min(next, head.At);
            if (next == Instant.Never)
                return;
            Step(next > Now ? next : Now);
        }
    }

    /// <summary>What is due at an instant.</summary>
    internal void Step(Instant now)
    {
        Now = now;
        while (_pipe.TryPeek(out _, out (Instant At, int) head) && head.At <= Now)
            Deliver();

        Active.Tick(Now);
        Passive.Tick(Now);
        Drain();
    }

    /// <summary>The next datagram in the pipe, at once.</summary>
    internal void Deliver()
    {
        (bool toPassive, byte[] datagram) = _pipe.Dequeue();
        _ = (toPassive ? Passive : Active).Receive(datagram, Now);
        Drain();
    }

    internal void Drain()
    {
        Drain(Active, toPassive: true);
        Drain(Passive, toPassive: false);
    }

    private void Drain(DtlsTransport transport, bool toPassive)
    {
        byte[] buffer = new byte[2000];
        while (transport.TryTakeDatagram(buffer, out int length))
        {
            LongestDatagram = Math.Max(LongestDatagram, length);
            byte[] datagram = buffer[..length];
            Sent.Add(datagram);
            if (Loses?.Invoke(_sent, toPassive) ?? _random.NextDouble() < _loss)
            {
                _sent++;
                continue;
            }

            int copies = _loss > 0 && _random.Next(5) == 0 ? 2 : 1;
            for (int i = 0; i < copies; i++)
                _pipe.Enqueue((toPassive, datagram), (Now + (_maxDelay * _random.NextDouble()), _sent++));
        }
    }
}
