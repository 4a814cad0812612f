using System.Diagnostics;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Tests.Dtls;

public sealed class DtlsLossTests
{
    [Fact]
    public void Handshake_LossRepetitionAndReordering_Connects()
    {
        for (int seed = 1; seed <= 60; seed++)
        {
            using var pair = new DtlsPair(seed, loss: 0.25, maxDelayMilliseconds: 120);
            Instant start = pair.Now;
            pair.Start();
            pair.Run();
            DtlsTransportTests.ShouldShareKeys(pair, SrtpProfile.AeadAes128Gcm);
            (pair.Now - start).ShouldBeLessThan(TimeSpan.FromSeconds(20), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Handshake_OneDatagramLost_CostsOneInterval(int lost)
    {
        // So long that OpenSSL's clock, which is the wall's, has no part in it.
        var options = new DtlsOptions { InitialInterval = TimeSpan.FromSeconds(3) };
        using var pair = new DtlsPair(activeOptions: options, passiveOptions: options) { Loses = (number, _) => number == lost };
        Instant start = pair.Now;
        pair.Start();
        pair.Run();
        DtlsTransportTests.ShouldShareKeys(pair, SrtpProfile.AeadAes128Gcm);
        (pair.Now - start).ShouldBeLessThanOrEqualTo(options.InitialInterval);
    }

    [Fact]
    public void Tick_FlightLost_IsSentAgainUnderNewRecordNumbers()
    {
        using var pair = new DtlsPair(loss: 1);
        pair.Start();
        pair.Step(pair.Active.NextTick);
        pair.Step(pair.Active.NextTick);
        pair.Sent.SelectMany(Records).Select(record => record.SequenceNumber).ShouldBe([0ul, 1ul, 2ul]);
    }

    [Fact]
    public void Tick_OpenSslsClockAgrees_EncryptsFinishedAnew()
    {
        // With less than 15 ms left OpenSSL takes its timer for due.
        var options = new DtlsOptions { InitialInterval = TimeSpan.FromMilliseconds(40) };
        using var pair = new DtlsPair(activeOptions: options);
        pair.Start();
        while (!pair.Sent.SelectMany(Records).Any(record => record.Epoch == 1))
            pair.Deliver();
        long origin = Stopwatch.GetTimestamp();
        SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(origin) > TimeSpan.FromMilliseconds(30));
        pair.Step(pair.Active.NextTick);
        pair.Sent.SelectMany(Records).ShouldContain(record => record.Epoch == 1 && record.SequenceNumber > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Handshake_AnswerComesWhenOpenSslsTimerIsDue_Connects(int late)
    {
        // OpenSSL then retransmits and answers in one call: the two may not share a datagram.
        var options = new DtlsOptions { InitialInterval = TimeSpan.FromMilliseconds(20) };
        using var pair = new DtlsPair(activeOptions: options, passiveOptions: options);
        pair.Start();
        for (int i = 0; i < 4; i++)
        {
            long origin = Stopwatch.GetTimestamp();
            if (i == late)
                SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(origin) > TimeSpan.FromMilliseconds(8));
            pair.Deliver();
        }

        pair.Run();
        DtlsTransportTests.ShouldShareKeys(pair, SrtpProfile.AeadAes128Gcm);
    }

    [Fact]
    public void Handshake_LossByTheWallClock_ConnectsByOpenSslsOwnTimer()
    {
        var options = new DtlsOptions { InitialInterval = TimeSpan.FromMilliseconds(17) };
        for (int seed = 1; seed <= 4; seed++)
        {
            using var pair = new DtlsPair(seed, loss: 0.2, activeOptions: options, passiveOptions: options);
            long origin = Stopwatch.GetTimestamp();
            Instant start = pair.Now;
            pair.Start();
            while ((pair.Active.State == DtlsState.Handshaking || pair.Passive.State == DtlsState.Handshaking)
                && Stopwatch.GetElapsedTime(origin) < TimeSpan.FromSeconds(10))
                pair.Step(start + Stopwatch.GetElapsedTime(origin));
            DtlsTransportTests.ShouldShareKeys(pair, SrtpProfile.AeadAes128Gcm);
        }
    }

    private static List<(ushort Epoch, ulong SequenceNumber)> Records(byte[] datagram)
    {
        List<(ushort, ulong)> records = [];
        ReadOnlySpan<byte> rest = datagram;
        while (DtlsRecord.TryRead(ref rest, out DtlsRecord record))
            records.Add((record.Epoch, record.SequenceNumber));
        return records;
    }
}
