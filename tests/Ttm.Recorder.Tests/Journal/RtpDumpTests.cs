using System.Text;
using Ttm.Recorder.Journal;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Journal;

public sealed class RtpDumpTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 7, 9, 0, 0, 250, TimeSpan.Zero);

    [Fact]
    public void WritePreamble_AnyStart_IsWhatRtptoolsWrite()
    {
        byte[] preamble = new byte[RtpDump.PreambleLength];
        RtpDump.WritePreamble(preamble, Start).ShouldBe(preamble.Length);
        Encoding.ASCII.GetString(preamble, 0, 23).ShouldBe("#!rtpplay1.0 0.0.0.0/0\n");
        Convert.ToHexString(preamble, 23, 16).ShouldBe("70E440100003D0900000000000000000");
        RtpDump.TryReadPreamble(preamble, out int length).ShouldBeTrue();
        length.ShouldBe(preamble.Length);
        Mutations.Truncations(preamble).ShouldAllBe(cut => !Reads(cut));
    }

    [Theory]
    [InlineData(false, 100, 0u)]
    [InlineData(true, 12, 86_400_000u)]
    public void Record_WrittenAndRead_IsTheSame(bool rtcp, int length, uint milliseconds)
    {
        byte[] bytes = Record(rtcp, length, milliseconds);
        RtpDump.TryReadRecord(bytes, out JournalRecord record, out int read).ShouldBeTrue();
        read.ShouldBe(bytes.Length);
        record.IsRtcp.ShouldBe(rtcp);
        record.Milliseconds.ShouldBe(milliseconds);
        record.Packet.ToArray().ShouldBe(bytes[8..]);
        foreach (byte[] cut in Mutations.Truncations(bytes))
            RtpDump.TryReadRecord(cut, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void TryReadRecord_MutatedBytes_NeverThrowsAndStaysInside()
    {
        foreach (byte[] bytes in Mutations.Random(Record(false, 60, 5), 5000, 1).Concat(Mutations.Garbage(5000, 40, 2)))
        {
            if (RtpDump.TryReadRecord(bytes, out JournalRecord record, out int length))
                (record.Packet.Length + 8).ShouldBe(length);
        }
    }

    private static bool Reads(byte[] bytes) => RtpDump.TryReadPreamble(bytes, out _);

    private static byte[] Record(bool rtcp, int length, uint milliseconds)
    {
        byte[] bytes = new SeededRandomness(9).NextBytes(8 + length);
        RtpDump.WriteRecordHeader(bytes, length, rtcp, milliseconds);
        return bytes;
    }
}
