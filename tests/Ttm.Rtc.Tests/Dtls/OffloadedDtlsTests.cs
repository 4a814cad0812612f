using Ttm.Rtc.Dtls;
using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Tests.Dtls;

public sealed class OffloadedDtlsTests : IDisposable
{
    private readonly DtlsTransport _peer = new(DtlsPair.ActiveCertificate, DtlsRole.Active, [DtlsPair.PassiveCertificate.Fingerprint]);
    private readonly OffloadedDtls _dtls = new(new DtlsTransport(DtlsPair.PassiveCertificate, DtlsRole.Passive, [DtlsPair.ActiveCertificate.Fingerprint]));
    private readonly byte[] _buffer = new byte[2000];
    private Instant _now = new(1_000_000_000);

    public void Dispose()
    {
        _peer.Dispose();
        _dtls.Dispose();
    }

    [Fact]
    public async Task Handshake_RunOnOtherThreads_AgreesOnKeysOnce()
    {
        _dtls.Start(_now);
        _peer.Start(_now);
        for (int turn = 0; turn < 20 && _dtls.State != DtlsState.Connected; turn++)
        {
            SendToOffloaded();
            if (_dtls.TryTakeWork(_now, out var work))
            {
                await Task.Run(work.Run);
                work.Fault.ShouldBeNull();
                _dtls.GiveBack(work).ShouldBe(DropReason.None);
            }

            SendToPeer();
        }

        _peer.State.ShouldBe(DtlsState.Connected);
        _dtls.TryCreateSrtp(out var inbound, out var outbound).ShouldBeTrue();
        _dtls.TryCreateSrtp(out _, out _).ShouldBeFalse();
        _peer.TryCreateSrtp(out var peerInbound, out var peerOutbound).ShouldBeTrue();
        ShouldCarry(outbound!, peerInbound!);
        ShouldCarry(peerOutbound!, inbound!);
        foreach (var context in new[] { inbound, outbound, peerInbound, peerOutbound })
            context!.Dispose();
    }

    [Fact]
    public void TryTakeWork_WhileAPieceIsAway_GathersWhatComesUpToTheLimit()
    {
        _dtls.Start(_now);
        _peer.Start(_now);
        SendToOffloaded();
        _dtls.TryTakeWork(_now, out var work).ShouldBeTrue();
        _dtls.NextTick.ShouldBe(Instant.Never);
        int length = TakeFromPeerAgain();
        for (int index = 0; index < OffloadedDtls.MaxWaiting; index++)
            _dtls.Receive(_buffer.AsSpan(0, length), _now).ShouldBe(DropReason.None);
        _dtls.Receive(_buffer.AsSpan(0, length), _now).ShouldBe(DropReason.QueueFull);
        _dtls.TryTakeWork(_now, out _).ShouldBeFalse();
        _dtls.TryTakeDatagram(_buffer, out _).ShouldBeFalse();

        work!.Run();
        _dtls.GiveBack(work).ShouldBe(DropReason.None);
        _dtls.TryTakeDatagram(_buffer, out _).ShouldBeTrue();
        _dtls.TryTakeWork(_now, out work).ShouldBeTrue();
        work!.Run();
        _dtls.GiveBack(work);
    }

    [Fact]
    public void Receive_BeforeStartOrMalformed_IsRefusedAtOnce()
    {
        _dtls.Receive([22, 0xFE, 0xFD], _now).ShouldBe(DropReason.NotConnected);
        _dtls.Start(_now);
        _dtls.Receive([22, 0xFE, 0xFD], _now).ShouldBe(DropReason.MalformedDtls);
    }

    [Fact]
    public void Dispose_WhileAPieceIsAway_WaitsForIt()
    {
        _dtls.Start(_now);
        _peer.Start(_now);
        SendToOffloaded();
        _dtls.TryTakeWork(_now, out var work).ShouldBeTrue();
        _dtls.Close();
        _dtls.Dispose();
        work!.Run();
        work.Fault.ShouldBeNull();
        _dtls.GiveBack(work).ShouldBe(DropReason.None);
        _dtls.TryTakeWork(_now, out _).ShouldBeFalse();
    }

    [Fact]
    public void Tick_AFlightIsDue_SendsItAgainByWork()
    {
        _dtls.Start(_now);
        _peer.Start(_now);
        SendToOffloaded();
        RunWork();
        while (_dtls.TryTakeDatagram(_buffer, out _))
        {
        }

        _now = _dtls.NextTick;
        _dtls.Tick(_now);
        RunWork();
        _dtls.TryTakeDatagram(_buffer, out _).ShouldBeTrue();
    }

    private void RunWork()
    {
        _dtls.TryTakeWork(_now, out var work).ShouldBeTrue();
        work!.Run();
        _dtls.GiveBack(work);
    }

    private int TakeFromPeerAgain()
    {
        _now = _peer.NextTick;
        _peer.Tick(_now);
        _peer.TryTakeDatagram(_buffer, out int length).ShouldBeTrue();
        return length;
    }

    private void SendToOffloaded()
    {
        while (_peer.TryTakeDatagram(_buffer, out int length))
            _dtls.Receive(_buffer.AsSpan(0, length), _now);
    }

    private void SendToPeer()
    {
        while (_dtls.TryTakeDatagram(_buffer, out int length))
            _peer.Receive(_buffer.AsSpan(0, length), _now);
    }

    private static void ShouldCarry(SrtpContext sender, SrtpContext receiver)
    {
        byte[] packet = new byte[100];
        packet[0] = 0x80;
        packet[1] = 111;
        packet[8] = 7;
        packet[50] = 42;
        sender.TryProtectRtp(packet, 60, out int length).ShouldBeTrue();
        receiver.UnprotectRtp(packet.AsSpan(0, length), out int plain).ShouldBe(DropReason.None);
        plain.ShouldBe(60);
        packet[50].ShouldBe((byte)42);
    }
}
