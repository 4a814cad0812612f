using Ttm.Rtc.Dtls;
using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Tests.Dtls;

public sealed class DtlsHostileTests
{
    [Fact]
    public void Receive_EveryTruncationOfEveryDatagram_IsIgnored()
    {
        List<byte[]> datagrams = RecordHandshake();
        using var pair = new DtlsPair();
        pair.Passive.Start(pair.Now);
        foreach (byte[] datagram in datagrams)
        {
            for (int length = 0; length < datagram.Length; length++)
            {
                byte[] truncated = datagram[..length];
                if (!DtlsRecord.AreWellFormed(truncated, out _))
                    pair.Passive.Receive(truncated, pair.Now).ShouldBe(DropReason.MalformedDtls);
            }
        }

        pair.Active.Start(pair.Now);
        pair.Drain();
        pair.Run();
        DtlsTransportTests.ShouldShareKeys(pair, SrtpProfile.AeadAes128Gcm);
    }

    [Fact]
    public void Receive_GarbageDuringAndAfterTheHandshake_ChangesNothing()
    {
        var random = new Random(7);
        using var pair = new DtlsPair { Loses = (_, _) => false };
        pair.Start();
        for (int i = 0; i < 2000; i++)
        {
            if (i == 1000)
            {
                pair.Run();
                DtlsTransportTests.ShouldShareKeys(pair, SrtpProfile.AeadAes128Gcm);
            }

            byte[] garbage = new byte[random.Next(1, 1500)];
            random.NextBytes(garbage);
            garbage[0] = (byte)random.Next(20, 64);
            DtlsTransport target = i % 2 == 0 ? pair.Active : pair.Passive;
            target.Receive(garbage, pair.Now).ShouldBe(DropReason.MalformedDtls);
        }

        DtlsTransportTests.ShouldShareKeys(pair, SrtpProfile.AeadAes128Gcm);
    }

    [Fact]
    public void Receive_ForgedRecordsOnceConnected_ChangeNothing()
    {
        var random = new Random(8);
        using var pair = new DtlsPair();
        pair.Start();
        pair.Run();
        for (int i = 0; i < 3000; i++)
        {
            byte[] forged = new byte[13 + random.Next(200)];
            random.NextBytes(forged);
            forged[0] = (byte)random.Next(20, 24);
            forged[1] = 0xFE;
            forged[2] = 0xFD;
            forged[3] = 0;
            forged[4] = (byte)random.Next(3);
            forged[11] = 0;
            forged[12] = (byte)(forged.Length - 13);
            DtlsTransport target = i % 2 == 0 ? pair.Active : pair.Passive;
            bool isTooShort = forged[4] > 0 && forged.Length < 13 + 24;
            target.Receive(forged, pair.Now).ShouldBe(isTooShort ? DropReason.MalformedDtls : DropReason.None);
        }

        DtlsTransportTests.ShouldShareKeys(pair, SrtpProfile.AeadAes128Gcm);
        pair.Active.Close();
        pair.Drain();
        pair.Run();
        pair.Passive.State.ShouldBe(DtlsState.Closed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Receive_MutatedFirstFlights_NeverThrows(bool toPassive)
    {
        var random = new Random(9);
        byte[] buffer = new byte[DtlsTransport.MaxDatagramLength];
        DtlsPair pair = NewPair();
        Instant now = pair.Now;
        for (int i = 0; i < 4000; i++)
        {
            DtlsTransport target = toPassive ? pair.Passive : pair.Active;
            if (target.State != DtlsState.Handshaking || i % 50 == 0)
            {
                pair.Dispose();
                pair = NewPair();
                target = toPassive ? pair.Passive : pair.Active;
            }

            byte[] mutated = Mutate(random, pair.Sent[toPassive ? 0 : random.Next(1, pair.Sent.Count)]);
            _ = target.Receive(mutated, now);
            while (target.TryTakeDatagram(buffer, out int length))
                length.ShouldBeInRange(13, DtlsTransport.MaxDatagramLength);
        }

        pair.Dispose();

        DtlsPair NewPair()
        {
            // The ClientHello has gone, and the answer to it, neither has come.
            var fresh = new DtlsPair { Loses = (_, _) => true };
            fresh.Start();
            using var other = new DtlsTransport(DtlsPair.PassiveCertificate, DtlsRole.Passive, [DtlsPair.ActiveCertificate.Fingerprint]);
            other.Start(fresh.Now);
            other.Receive(fresh.Sent[0], fresh.Now).ShouldBe(DropReason.None);
            while (other.TryTakeDatagram(buffer, out int length))
                fresh.Sent.Add(buffer[..length]);
            return fresh;
        }
    }

    [Fact]
    public void Receive_MutatedHandshakes_NeverThrows()
    {
        var random = new Random(10);
        byte[] buffer = new byte[DtlsTransport.MaxDatagramLength];
        for (int i = 0; i < 150; i++)
        {
            using var pair = new DtlsPair { Loses = (_, _) => true };
            pair.Start();
            int sent = 0;
            for (int step = 0; step < 8 && sent < pair.Sent.Count; step++)
            {
                byte[] datagram = pair.Sent[sent++];
                bool fromActive = step % 2 == 0;
                DtlsTransport target = fromActive ? pair.Passive : pair.Active;
                if (random.Next(2) == 0)
                    _ = target.Receive(Mutate(random, datagram), pair.Now);
                _ = target.Receive(datagram, pair.Now);
                pair.Drain();
            }
        }
    }

    [Fact]
    public void Receive_HugeDatagram_IsRefused()
    {
        using var pair = new DtlsPair();
        pair.Start();
        byte[] huge = new byte[65535];
        huge[0] = 22;
        pair.Passive.Receive(huge, pair.Now).ShouldBe(DropReason.MalformedDtls);
    }

    private static List<byte[]> RecordHandshake()
    {
        using var pair = new DtlsPair();
        pair.Start();
        pair.Run();
        return pair.Sent;
    }

    /// <summary>Keeps the record header whole half of the time, so that the fragment is looked at.</summary>
    private static byte[] Mutate(Random random, byte[] datagram)
    {
        byte[] mutated = [.. datagram];
        int from = random.Next(2) == 0 ? 0 : 13;
        for (int i = random.Next(1, 6); i > 0; i--)
            mutated[random.Next(from, mutated.Length)] = (byte)random.Next(256);
        if (random.Next(4) != 0)
            return mutated;

        // Cut, with a length that says so.
        int length = random.Next(13, mutated.Length);
        mutated[11] = (byte)((length - 13) >> 8);
        mutated[12] = (byte)(length - 13);
        return mutated[..length];
    }
}
