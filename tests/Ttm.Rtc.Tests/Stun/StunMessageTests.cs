using System.Buffers.Binary;
using System.Net;
using Ttm.Rtc.Stun;

namespace Ttm.Rtc.Tests.Stun;

public sealed class StunMessageTests
{
    private static readonly byte[] Id = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    private static readonly byte[] Key = "0123456789abcdefghijkl"u8.ToArray();

    [Fact]
    public void TryParse_EveryTruncation_IsRefused()
    {
        foreach (byte[] vector in new[] { Rfc5769.Request, Rfc5769.ResponseIPv4, Rfc5769.ResponseIPv6, Rfc5769.LongTermRequest, Rfc5769.Sha256Request })
        {
            for (int length = 0; length < vector.Length; length++)
                StunMessage.TryParse(vector.AsSpan(0, length), out _).ShouldBeFalse();
        }
    }

    [Fact]
    public void TryParse_TruncationWithAMendedLength_CutsNoAttributeInTwo()
    {
        byte[] vector = Rfc5769.Request;
        int accepted = 0;
        for (int length = StunMessage.HeaderLength; length < vector.Length; length += 4)
        {
            byte[] cut = vector[..length];
            BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(2), (ushort)(length - StunMessage.HeaderLength));
            if (StunMessage.TryParse(cut, out _))
                accepted++;
        }

        // The five places between the six attributes, and the bare header.
        accepted.ShouldBe(6);
    }

    [Fact]
    public void TryParse_WrongCookieFirstBitsOrLength_IsRefused()
    {
        Changed(4, 0x20).ShouldBeFalse();
        Changed(0, 0x40).ShouldBeFalse();
        Changed(0, 0x80).ShouldBeFalse();
        Changed(3, 0x5A).ShouldBeFalse();
        Changed(3, 0x54).ShouldBeFalse();
        StunMessage.TryParse([.. Rfc5769.Request, 0, 0, 0, 0], out _).ShouldBeFalse();

        static bool Changed(int index, byte value)
        {
            byte[] bytes = Rfc5769.Request;
            bytes[index] = value;
            return StunMessage.TryParse(bytes, out _);
        }
    }

    [Fact]
    public void TryParse_SomethingAfterFingerprint_IsRefused()
    {
        byte[] buffer = new byte[128];
        var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.Request, Id);
        writer.WriteFingerprint();
        StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out _).ShouldBeTrue();
        writer.WriteFlag(StunAttribute.UseCandidate);
        StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(StunMethod.Binding, StunClass.Request, 0x0001)]
    [InlineData(StunMethod.Binding, StunClass.Indication, 0x0011)]
    [InlineData(StunMethod.Binding, StunClass.SuccessResponse, 0x0101)]
    [InlineData(StunMethod.Binding, StunClass.ErrorResponse, 0x0111)]
    [InlineData(StunMethod.Allocate, StunClass.ErrorResponse, 0x0113)]
    [InlineData(StunMethod.Send, StunClass.Indication, 0x0016)]
    [InlineData(StunMethod.ChannelBind, StunClass.SuccessResponse, 0x0109)]
    [InlineData((StunMethod)0xFFF, StunClass.ErrorResponse, 0x3FFF)]
    public void Writer_MethodAndClass_AreInterleavedAsTheRfcSays(StunMethod method, StunClass messageClass, int type)
    {
        byte[] buffer = new byte[20];
        _ = new StunWriter(buffer, method, messageClass, Id);
        BinaryPrimitives.ReadUInt16BigEndian(buffer).ShouldBe((ushort)type);
        StunMessage.TryParse(buffer, out var message).ShouldBeTrue();
        message.Method.ShouldBe(method);
        message.Class.ShouldBe(messageClass);
    }

    [Theory]
    [InlineData("203.0.113.9", 1)]
    [InlineData("::1", 65535)]
    [InlineData("2001:db8::ffff:1", 3478)]
    public void Writer_Addresses_RoundTrip(string ip, int port)
    {
        var address = TransportAddress.From(IPAddress.Parse(ip), port);
        byte[] buffer = new byte[256];
        var writer = new StunWriter(buffer, StunMethod.Allocate, StunClass.SuccessResponse, Id);
        writer.WriteXorAddress(StunAttribute.XorRelayedAddress, address);
        writer.WriteAddress(StunAttribute.AlternateServer, address);
        StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message).ShouldBeTrue();
        message.TryGetXorAddress(StunAttribute.XorRelayedAddress, out var relayed).ShouldBeTrue();
        relayed.ShouldBe(address);
        message.TryGetAddress(StunAttribute.AlternateServer, out var server).ShouldBeTrue();
        server.ShouldBe(address);
        message.TryGetXorAddress(StunAttribute.XorPeerAddress, out _).ShouldBeFalse();
    }

    [Fact]
    public void Writer_EveryKindOfAttribute_RoundTrips()
    {
        byte[] buffer = new byte[512];
        var writer = new StunWriter(buffer, StunMethod.Refresh, StunClass.ErrorResponse, Id);
        writer.WriteErrorCode(StunErrorCode.StaleNonce);
        writer.WriteUnknownAttributes([StunAttribute.EvenPort, (StunAttribute)0x7777]);
        writer.Write(StunAttribute.Software, "ttm"u8);
        writer.WriteUInt32(StunAttribute.Lifetime, 600);
        writer.WriteUInt64(StunAttribute.ReservationToken, 0x0102030405060708);
        writer.WriteFlag(StunAttribute.DontFragment);
        writer.WriteMessageIntegrity(Key);
        writer.WriteMessageIntegritySha256(Key);
        writer.WriteFingerprint();

        StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message).ShouldBeTrue();
        message.TryGetErrorCode(out var code, out var reason).ShouldBeTrue();
        code.ShouldBe(StunErrorCode.StaleNonce);
        reason.SequenceEqual("Stale Nonce"u8).ShouldBeTrue();
        message.TryGetAttribute(StunAttribute.UnknownAttributes, out var unknown).ShouldBeTrue();
        Convert.ToHexString(unknown).ShouldBe("00187777");
        message.TryGetUInt32(StunAttribute.Lifetime, out uint lifetime).ShouldBeTrue();
        lifetime.ShouldBe(600u);
        message.TryGetUInt64(StunAttribute.ReservationToken, out ulong token).ShouldBeTrue();
        token.ShouldBe(0x0102030405060708ul);
        message.HasAttribute(StunAttribute.DontFragment).ShouldBeTrue();
        message.HasAttribute(StunAttribute.UseCandidate).ShouldBeFalse();
        message.TryGetUInt32(StunAttribute.ReservationToken, out _).ShouldBeFalse();
        message.VerifyIntegrity(Key).ShouldBeTrue();
        message.VerifyIntegritySha256(Key).ShouldBeTrue();
        message.VerifyFingerprint().ShouldBeTrue();
        int count = 0;
        foreach (var attribute in message.Attributes)
            count += attribute.Type == StunAttribute.None ? 0 : 1;
        count.ShouldBe(9);
    }

    [Fact]
    public void Writer_BufferTooSmall_GivesLengthZeroAndNeverThrows()
    {
        for (int size = 0; size < 92; size++)
        {
            byte[] buffer = new byte[size];
            var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.SuccessResponse, Id);
            writer.Write(StunAttribute.Software, "test vector"u8);
            writer.WriteXorAddress(StunAttribute.XorMappedAddress, TransportAddress.From(IPAddress.IPv6Loopback, 1));
            writer.WriteMessageIntegrity(Key);
            writer.WriteFingerprint();
            writer.Length.ShouldBe(0, $"buffer of {size}");
        }
    }

    [Fact]
    public void TryGetAttribute_AfterMessageIntegrity_IsIgnored()
    {
        byte[] buffer = new byte[256];
        var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.Request, Id);
        writer.Write(StunAttribute.Username, "a:b"u8);
        writer.WriteMessageIntegrity(Key);
        writer.WriteFlag(StunAttribute.UseCandidate);
        writer.WriteUInt32((StunAttribute)0x7001, 1);
        writer.WriteMessageIntegritySha256(Key);
        writer.WriteFingerprint();

        StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message).ShouldBeTrue();
        message.HasAttribute(StunAttribute.UseCandidate).ShouldBeFalse();
        message.HasAttribute(StunAttribute.Fingerprint).ShouldBeTrue();
        message.CopyUnknownRequired([StunAttribute.Username, StunAttribute.MessageIntegrity, StunAttribute.MessageIntegritySha256], new StunAttribute[4]).ShouldBe(0);
        message.VerifyIntegrity(Key).ShouldBeTrue();
        message.VerifyIntegritySha256(Key).ShouldBeTrue();
    }

    [Fact]
    public void TryGetAttribute_TwoOfOneType_TakesTheFirst()
    {
        byte[] buffer = new byte[128];
        var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.Request, Id);
        writer.Write(StunAttribute.Username, "first"u8);
        writer.Write(StunAttribute.Username, "second"u8);
        StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message).ShouldBeTrue();
        message.TryGetUsername(out var username).ShouldBeTrue();
        username.SequenceEqual("first"u8).ShouldBeTrue();
    }

    [Fact]
    public void CopyUnknownRequired_SomeUnknown_ListsEachOnceAsFarAsThereIsRoom()
    {
        byte[] buffer = new byte[128];
        var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.Request, Id);
        writer.WriteFlag((StunAttribute)0x7001);
        writer.WriteFlag((StunAttribute)0x7001);
        writer.WriteFlag(StunAttribute.Priority);
        writer.WriteFlag((StunAttribute)0xC057);
        writer.WriteFlag((StunAttribute)0x7002);
        StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message).ShouldBeTrue();

        var unknown = new StunAttribute[4];
        message.CopyUnknownRequired([StunAttribute.Priority], unknown).ShouldBe(2);
        unknown[..2].ShouldBe([(StunAttribute)0x7001, (StunAttribute)0x7002]);
        message.CopyUnknownRequired([StunAttribute.Priority], new StunAttribute[1]).ShouldBe(1);
    }

    [Fact]
    public void VerifyIntegrity_OneBitChangedAnywhereBeforeIt_Fails()
    {
        byte[] message = Rfc5769.Request;
        for (int i = 4 * 8; i < 100 * 8; i++)
        {
            byte[] changed = (byte[])message.Clone();
            changed[i / 8] ^= (byte)(1 << (i % 8));
            if (StunMessage.TryParse(changed, out var parsed))
                (parsed.VerifyIntegrity("VOkJxbRl1RmTxUk/WvJxBt"u8) && parsed.VerifyFingerprint()).ShouldBeFalse($"bit {i}");
        }
    }

    [Fact]
    public void VerifyIntegritySha256_Truncated_IsAcceptedDownToSixteenBytes()
    {
        Verify(32).ShouldBeTrue();
        Verify(16).ShouldBeTrue();
        Verify(20).ShouldBeTrue();
        Verify(12).ShouldBeFalse();

        static bool Verify(int kept)
        {
            byte[] buffer = new byte[128];
            var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.Request, Id);

            // A hash over a header that counts the truncated attribute.
            BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(2), (ushort)(4 + kept));
            byte[] hash = System.Security.Cryptography.HMACSHA256.HashData(Key, buffer.AsSpan(0, 20));
            writer.Write(StunAttribute.MessageIntegritySha256, hash.AsSpan(0, kept));
            StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message).ShouldBeTrue();
            return message.VerifyIntegritySha256(Key);
        }
    }

    [Fact]
    public void ParseVerifyAndWrite_InSteadyState_AllocateNothing()
    {
        byte[] request = Rfc5769.Request;
        byte[] buffer = new byte[256];
        byte[] password = System.Text.Encoding.UTF8.GetBytes(Rfc5769.Password);
        var address = TransportAddress.From(IPAddress.Loopback, 9);
        Answer();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Answer();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Answer()
        {
            bool parsed = StunMessage.TryParse(request, out var message);
            if (!parsed || !message.VerifyIntegrity(password) || !message.VerifyFingerprint())
                throw new InvalidOperationException();
            var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.SuccessResponse, message.TransactionId);
            writer.WriteXorAddress(StunAttribute.XorMappedAddress, address);
            writer.WriteMessageIntegrity(password);
            writer.WriteMessageIntegritySha256(password);
            writer.WriteFingerprint();
        }
    }
}
