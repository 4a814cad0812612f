using Ttm.Rtc.OpenSsl;
using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Tests.Srtp;

/// <summary>The test vectors of RFC 3711 appendix B and RFC 7714 sections 16 and 17.</summary>
public sealed class SrtpVectorTests
{
    private static readonly byte[] AeadKey = Hex("000102030405060708090a0b0c0d0e0f");
    private static readonly byte[] AeadSalt = Hex("517569642070726f2071756f");

    [Theory]
    [InlineData(0x0000, "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0")]
    [InlineData(0xFEFF, "EC8CDF7398607CB0F2D21675EA9EA1E4 362B7C3C6773516318A077D7FC5073AE 6A2CC3787889374FBEB4C81B17BA6C44")]
    public void TryApplyKeystream_Rfc3711AppendixB2_GivesTheKeystream(int block, string keystream)
    {
        using var cipher = EvpCipherContext.CreateAes128Counter(Hex("2B7E151628AED2A6ABF7158809CF4F3C"));
        byte[] data = new byte[48];
        cipher.TryApplyKeystream([.. Hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"), (byte)(block >> 8), (byte)block], data).ShouldBeTrue();
        data.ShouldBe(Hex(keystream));
    }

    [Theory]
    [InlineData(0, "C61E7A93744F39EE10734AFE3FF7A087")]
    [InlineData(2, "30CBBC08863D8C85D49DB34A9AE1")]
    [InlineData(1, "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF72270986371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2")]
    public void Derive_Rfc3711AppendixB3_GivesTheSessionKeys(int label, string key)
    {
        byte[] expected = Hex(key);
        byte[] derived = new byte[expected.Length];
        SrtpKeyDerivation.Derive(Hex("E1F97A0D3E018BE0D64FA32C06DE4139"), Hex("0EC675AD498AFEEBB6960B3AABE6"), (SrtpKeyLabel)label, derived);
        derived.ShouldBe(expected);
    }

    [Fact]
    public void AeadTransform_Rfc7714Section16_SealsAndOpensThePacket()
    {
        byte[] plain = Hex("8040f17b8041f8d35501a0b2 47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573");
        byte[] sealedPacket = Hex(
            "8040f17b8041f8d35501a0b2 f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce");
        using var transform = new AeadTransform(AeadKey, AeadSalt, AeadKey, AeadSalt);

        byte[] packet = [.. plain, .. new byte[16]];
        transform.TrySealRtp(packet, 12, 0x5501a0b2, 0xf17b).ShouldBeTrue();
        packet.ShouldBe(sealedPacket);

        transform.TryOpenRtp(packet, 12, 0x5501a0b2, 0xf17b).ShouldBeTrue();
        packet[..plain.Length].ShouldBe(plain);
    }

    [Fact]
    public void AeadTransform_Rfc7714Section17_SealsAndOpensThePacket()
    {
        byte[] plain = Hex("81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef");
        byte[] sealedPacket = Hex(
            "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4");
        using var transform = new AeadTransform(AeadKey, AeadSalt, AeadKey, AeadSalt);

        byte[] packet = [.. plain, .. new byte[20]];
        transform.TrySealRtcp(packet, 0x4d617273, 0x5d4).ShouldBeTrue();
        packet.ShouldBe(sealedPacket);

        transform.TryOpenRtcp(packet, 0x4d617273, 0x5d4, isEncrypted: true).ShouldBeTrue();
        packet[..plain.Length].ShouldBe(plain);
    }

    [Fact]
    public void AeadTransform_Rfc7714Section173_OpensTheTaggedOnlyPacket()
    {
        byte[] packet = Hex(
            "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef841dd9683dd78ec92ae58790125f62b3000005d4");
        using var transform = new AeadTransform(AeadKey, AeadSalt, AeadKey, AeadSalt);
        transform.TryOpenRtcp(packet, 0x4d617273, 0x5d4, isEncrypted: false).ShouldBeTrue();
        packet[20] ^= 1;
        transform.TryOpenRtcp(packet, 0x4d617273, 0x5d4, isEncrypted: false).ShouldBeFalse();
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", ""));
}
