using System.Net;
using Ttm.Load.Measurement;
using Ttm.Load.Speech;
using Ttm.Net;
using Ttm.Rtc;

namespace Ttm.Load.Clients;

/// <summary>
/// The yardstick: packets like the teachers', sent and received by the same loop, on loopback, through a thread that only receives and sends, with
/// the server's own socket calls. What the server takes longer than this is what the server adds.
/// </summary>
internal sealed class BareProbe : IPolled, IDisposable
{
    public const string ThreadName = "bare relay";

    private static readonly byte[] Frame = new byte[80];

    private readonly IDatagramSocket _relay = MediaSocket.Open(IPAddress.Loopback, 0);
    private readonly Thread _thread;
    private readonly IDatagramSocket _sender = LoadClient.OpenSocket(IPAddress.Loopback);
    private readonly MediaClock _clock;
    private readonly Func<Tally> _tally;
    private readonly TransportAddress _relayAddress;
    private readonly TransportAddress _receiverAddress;
    private volatile bool _stopping;

    /// <param name="tally">The one that counts now; asked on the loop.</param>
    public BareProbe(MediaClock clock, Func<Tally> tally)
    {
        _clock = clock;
        _tally = tally;
        _relayAddress = TransportAddress.From(IPAddress.Loopback, _relay.Port);
        _receiverAddress = TransportAddress.From(IPAddress.Loopback, Socket.Port);
        _thread = new Thread(Relay) { Name = ThreadName, IsBackground = true };
        _thread.Start();
    }

    public IDatagramSocket Socket { get; } = LoadClient.OpenSocket(IPAddress.Loopback);

    public Instant NextTick => Instant.Never;

    public int TimerIndex { get; set; } = -1;

    public Instant TimerDue { get; set; }

    /// <summary>To be paced by the loop that watches the probe; any number.</summary>
    public IPaced CreateTalker() => new Talker(this);

    public void Pump()
    {
        for (int count = Socket.Receive(TimeSpan.Zero), index = 0; index < count; index++)
        {
            if (Stamp.TryRead(Socket.GetReceived(index, out _), out var stamp))
                _tally().BareDelay.Add(_clock.Now - stamp.SentAt);
        }
    }

    /// <summary>After it has been taken off its loop.</summary>
    public void Dispose()
    {
        _stopping = true;
        _relay.Wake();
        _thread.Join();
        _relay.Dispose();
        _sender.Dispose();
        Socket.Dispose();
    }

    private void Relay()
    {
        ThreadNice.Raise();
        while (!_stopping)
        {
            int count = _relay.Receive(TimeSpan.FromSeconds(1));
            for (int index = 0; index < count; index++)
            {
                var datagram = _relay.GetReceived(index, out _);
                datagram.CopyTo(_relay.GetSendBuffer());
                _relay.Send(datagram.Length, _receiverAddress);
            }

            _relay.Flush();
        }
    }

    private sealed class Talker(BareProbe probe) : IPaced
    {
        private int _number;

        public int TimerIndex { get; set; } = -1;

        public Instant TimerDue { get; set; }

        public void Send(Instant now)
        {
            int length = new Stamp(-1, _number++, 0, now).Write(Frame, probe._sender.GetSendBuffer());
            probe._sender.Send(length, probe._relayAddress);
            probe._sender.Flush();
        }
    }
}
