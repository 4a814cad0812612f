using Ttm.Rtc.Stun;

namespace Ttm.Rtc.Tests.Stun;

public sealed class StunFuzzTests
{
    [Fact]
    public void TryParse_TenThousandsOfMutations_NeverThrowsAndNeverForgesIntegrity()
    {
        var random = new Random(5769);
        byte[][] seeds = [Rfc5769.Request, Rfc5769.ResponseIPv4, Rfc5769.ResponseIPv6, Rfc5769.LongTermRequest, Rfc5769.Sha256Request];
        int parsed = 0;
        for (int round = 0; round < 30_000; round++)
        {
            byte[] bytes = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (int change = random.Next(1, 5); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            if (StunMessage.TryParse(bytes, out var message))
            {
                parsed++;
                Touch(message);
            }
        }

        parsed.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void TryParse_RandomBodiesUnderAGoodHeader_NeverThrows()
    {
        var random = new Random(8489);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[20 + (4 * random.Next(12))];
            random.NextBytes(bytes);
            new byte[] { (byte)random.Next(0x40), (byte)random.Next(256), 0, (byte)(bytes.Length - 20), 0x21, 0x12, 0xA4, 0x42 }.CopyTo(bytes, 0);
            for (int i = 20; i < bytes.Length; i += 8)
                bytes[i + 2] = 0;
            if (StunMessage.TryParse(bytes, out var message))
                Touch(message);
        }
    }

    private static void Touch(in StunMessage message)
    {
        int length = 0;
        foreach (var attribute in message.Attributes)
        {
            length += attribute.Value.Length;
            message.TryGetXorAddress(attribute.Type, out _);
            message.TryGetAddress(attribute.Type, out _);
            message.TryGetUInt32(attribute.Type, out _);
            message.TryGetUInt64(attribute.Type, out _);
        }

        length.ShouldBeLessThan(message.Datagram.Length);
        message.TryGetErrorCode(out _, out _);
        message.TryGetUsername(out _);
        message.VerifyIntegrity("not the key"u8).ShouldBeFalse();
        message.VerifyIntegritySha256("not the key"u8).ShouldBeFalse();
        message.VerifyFingerprint();
        message.CopyUnknownRequired(default, stackalloc StunAttribute[8]);
    }
}
