using System.Net;
using System.Text;
using Ttm.Rtc.Stun;

namespace Ttm.Rtc.Tests.Stun;

public sealed class StunVectorTests
{
    private static readonly byte[] Password = Encoding.UTF8.GetBytes(Rfc5769.Password);

    [Fact]
    public void TryParse_SampleRequest_HasItsAttributesIntegrityAndFingerprint()
    {
        StunMessage.TryParse(Rfc5769.Request, out var message).ShouldBeTrue();

        message.Method.ShouldBe(StunMethod.Binding);
        message.Class.ShouldBe(StunClass.Request);
        Convert.ToHexString(message.TransactionId).ShouldBe("B7E7A701BC34D686FA87DFAE");
        message.TryGetAttribute(StunAttribute.Software, out var software).ShouldBeTrue();
        Encoding.UTF8.GetString(software).ShouldBe("STUN test client");
        message.TryGetUInt32(StunAttribute.Priority, out uint priority).ShouldBeTrue();
        priority.ShouldBe(0x6E0001FFu);
        message.TryGetUInt64(StunAttribute.IceControlled, out ulong tieBreaker).ShouldBeTrue();
        tieBreaker.ShouldBe(0x932FF9B151263B36ul);
        message.TryGetUsername(out var username).ShouldBeTrue();
        Encoding.UTF8.GetString(username).ShouldBe("evtj:h6vY");
        message.VerifyIntegrity(Password).ShouldBeTrue();
        message.VerifyFingerprint().ShouldBeTrue();
        message.VerifyIntegrity("wrong"u8).ShouldBeFalse();
        message.VerifyIntegritySha256(Password).ShouldBeFalse();
    }

    [Fact]
    public void TryGetXorAddress_SampleIPv4Response_IsTheMappedAddress()
    {
        StunMessage.TryParse(Rfc5769.ResponseIPv4, out var message).ShouldBeTrue();
        message.Class.ShouldBe(StunClass.SuccessResponse);
        message.TryGetXorAddress(StunAttribute.XorMappedAddress, out var address).ShouldBeTrue();
        address.ShouldBe(TransportAddress.From(IPAddress.Parse("192.0.2.1"), 32853));
        message.VerifyIntegrity(Password).ShouldBeTrue();
        message.VerifyFingerprint().ShouldBeTrue();
    }

    [Fact]
    public void TryGetXorAddress_SampleIPv6Response_IsTheMappedAddress()
    {
        StunMessage.TryParse(Rfc5769.ResponseIPv6, out var message).ShouldBeTrue();
        message.TryGetXorAddress(StunAttribute.XorMappedAddress, out var address).ShouldBeTrue();
        address.ShouldBe(TransportAddress.From(IPAddress.Parse("2001:db8:1234:5678:11:2233:4455:6677"), 32853));
        message.VerifyIntegrity(Password).ShouldBeTrue();
        message.VerifyFingerprint().ShouldBeTrue();
    }

    [Fact]
    public void VerifyIntegrity_SampleLongTermRequest_AcceptsTheMd5KeyAlone()
    {
        StunMessage.TryParse(Rfc5769.LongTermRequest, out var message).ShouldBeTrue();
        byte[] key = StunLongTermKey.Derive(StunPasswordAlgorithm.Md5, Rfc5769.Matrix, Rfc5769.Realm, Rfc5769.MatrixPassword);
        key.Length.ShouldBe(16);
        message.VerifyIntegrity(key).ShouldBeTrue();
        message.VerifyFingerprint().ShouldBeFalse();
        byte[] sha256 = StunLongTermKey.Derive(StunPasswordAlgorithm.Sha256, Rfc5769.Matrix, Rfc5769.Realm, Rfc5769.MatrixPassword);
        message.VerifyIntegrity(sha256).ShouldBeFalse();
    }

    [Fact]
    public void VerifyIntegritySha256_SampleRequestOfRfc8489_AcceptsTheSha256Key()
    {
        StunMessage.TryParse(Rfc5769.Sha256Request, out var message).ShouldBeTrue();
        byte[] key = StunLongTermKey.Derive(StunPasswordAlgorithm.Sha256, Rfc5769.Matrix, Rfc5769.Realm, Rfc5769.MatrixPassword);
        message.VerifyIntegritySha256(key).ShouldBeTrue();
        message.VerifyIntegrity(key).ShouldBeFalse();

        byte[] userHash = new byte[StunLongTermKey.UserHashLength];
        StunLongTermKey.WriteUserHash(Encoding.UTF8.GetBytes(Rfc5769.Matrix), Encoding.UTF8.GetBytes(Rfc5769.Realm), userHash);
        message.TryGetAttribute(StunAttribute.UserHash, out var onTheWire).ShouldBeTrue();
        onTheWire.SequenceEqual(userHash).ShouldBeTrue();
    }

    [Fact]
    public void Writer_TheAttributesOfTheLongTermRequest_GivesItsBytes()
    {
        byte[] key = StunLongTermKey.Derive(StunPasswordAlgorithm.Md5, Rfc5769.Matrix, Rfc5769.Realm, Rfc5769.MatrixPassword);
        byte[] buffer = new byte[256];
        var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.Request, Rfc5769.LongTermRequest.AsSpan(8, 12));
        writer.Write(StunAttribute.Username, Encoding.UTF8.GetBytes(Rfc5769.Matrix));
        writer.Write(StunAttribute.Nonce, "f//499k954d6OL34oL9FSTvy64sA"u8);
        writer.Write(StunAttribute.Realm, Encoding.UTF8.GetBytes(Rfc5769.Realm));
        writer.WriteMessageIntegrity(key);
        buffer.AsSpan(0, writer.Length).SequenceEqual(Rfc5769.LongTermRequest).ShouldBeTrue();
    }

    [Fact]
    public void Writer_TheAttributesOfTheSha256Request_GivesItsBytes()
    {
        byte[] key = StunLongTermKey.Derive(StunPasswordAlgorithm.Sha256, Rfc5769.Matrix, Rfc5769.Realm, Rfc5769.MatrixPassword);
        byte[] userHash = new byte[StunLongTermKey.UserHashLength];
        StunLongTermKey.WriteUserHash(Encoding.UTF8.GetBytes(Rfc5769.Matrix), Encoding.UTF8.GetBytes(Rfc5769.Realm), userHash);
        byte[] buffer = new byte[256];
        var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.Request, Rfc5769.Sha256Request.AsSpan(8, 12));
        writer.Write(StunAttribute.UserHash, userHash);
        writer.Write(StunAttribute.Nonce, "obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA"u8);
        writer.Write(StunAttribute.Realm, Encoding.UTF8.GetBytes(Rfc5769.Realm));
        writer.WriteUInt32(StunAttribute.PasswordAlgorithm, 0x0002_0000);
        writer.WriteMessageIntegritySha256(key);
        Convert.ToHexString(buffer, 0, writer.Length).ShouldBe(Convert.ToHexString(Rfc5769.Sha256Request));
    }
}
