using System.Net;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;

namespace Ttm.Load.Clients;

/// <summary>A teacher's or a student's media, owned by one <see cref="ClientLoop"/> at a time.</summary>
internal sealed class LoadClient : RtcSocketClient, IPolled
{
    private LoadClient(IDatagramSocket socket, bool publishes, DtlsCertificate certificate, MediaClock clock)
        : base(socket, publishes, certificate, SystemRandomness.Instance, clock) => Socket = socket;

    public IDatagramSocket Socket { get; }

    /// <summary>Called on the loop after each pump: a way to see that the connection stands or is gone. Must not remove the client; post that.</summary>
    public Action? Pumped { get; set; }

    public int TimerIndex { get; set; } = -1;

    public Instant TimerDue { get; set; }

    public static LoadClient Create(bool publishes, DtlsCertificate certificate, MediaClock clock) =>
        new(OpenSocket(null), publishes, certificate, clock);

    /// <summary>A socket that a <see cref="ClientLoop"/> can watch.</summary>
    public static IDatagramSocket OpenSocket(IPAddress? address) => OperatingSystem.IsLinux() ? new PolledSocket(address) : MediaSocket.Open(address, 0);

    public void Pump()
    {
        Pump(TimeSpan.Zero);
        Pumped?.Invoke();
    }
}
