using System.Buffers;
using System.Buffers.Binary;
using Ttm.Net.Tcp;

namespace Ttm.Net.Tests.Tcp;

public sealed class StreamFramesTests
{
    [Theory]
    [InlineData(StreamFraming.Turn)]
    [InlineData(StreamFraming.Rfc4571)]
    public void TryTake_WhatWriteWrote_IsTheSameHoweverItIsCut(StreamFraming framing)
    {
        var random = new Random(4571);
        for (int round = 0; round < 300; round++)
        {
            var sent = Enumerable.Range(0, random.Next(1, 8)).Select(_ => NewDatagram(random)).ToList();
            byte[] stream = [.. sent.SelectMany(datagram => Frame(framing, datagram))];
            var input = Cut(stream, random);
            byte[] buffer = new byte[DatagramLimits.BufferLength];
            foreach (byte[] expected in sent)
            {
                StreamFrames.TryTake(framing, ref input, buffer, out int length).ShouldBe(FrameResult.Taken);
                buffer.AsSpan(0, length).ToArray().ShouldBe(expected);
            }

            input.Length.ShouldBe(0);
            StreamFrames.TryTake(framing, ref input, buffer, out _).ShouldBe(FrameResult.Incomplete);
        }
    }

    [Theory]
    [InlineData(StreamFraming.Turn)]
    [InlineData(StreamFraming.Rfc4571)]
    public void TryTake_EveryTruncation_IsIncompleteAndCutsNothing(StreamFraming framing)
    {
        var random = new Random(1);
        byte[] buffer = new byte[DatagramLimits.BufferLength];
        foreach (byte[] datagram in new[] { Stun(random, 40), Channel(random, 171) })
        {
            byte[] frame = Frame(framing, datagram);
            for (int length = 0; length < frame.Length; length++)
            {
                var input = new ReadOnlySequence<byte>(frame, 0, length);
                StreamFrames.TryTake(framing, ref input, buffer, out _).ShouldBe(FrameResult.Incomplete);
                input.Length.ShouldBe(length);
            }
        }
    }

    [Theory]
    [InlineData(StreamFraming.Turn, "8000")]
    [InlineData(StreamFraming.Turn, "80000000")]
    [InlineData(StreamFraming.Turn, "04000000")]
    [InlineData(StreamFraming.Turn, "00010003")]
    [InlineData(StreamFraming.Turn, "0001000021120000")]
    [InlineData(StreamFraming.Turn, "000107F02112A442")]
    [InlineData(StreamFraming.Turn, "4000FFFF")]
    [InlineData(StreamFraming.Rfc4571, "0801")]
    [InlineData(StreamFraming.Rfc4571, "FFFF")]
    public void TryTake_NoFrameOrOneTooLong_IsMalformedWithoutWaitingForItsEnd(StreamFraming framing, string hex)
    {
        var input = new ReadOnlySequence<byte>(Convert.FromHexString(hex));
        var result = StreamFrames.TryTake(framing, ref input, new byte[DatagramLimits.BufferLength], out _);
        result.ShouldBe(hex.Length < 8 && framing == StreamFraming.Turn ? FrameResult.Incomplete : FrameResult.Malformed);
    }

    [Fact]
    public void TryTake_EmptyFrames_ArePassedOver()
    {
        var input = new ReadOnlySequence<byte>([0, 0, 0, 0, 0, 1, 7, 0, 0]);
        byte[] buffer = new byte[DatagramLimits.BufferLength];
        StreamFrames.TryTake(StreamFraming.Rfc4571, ref input, buffer, out int length).ShouldBe(FrameResult.Taken);
        (length, buffer[0]).ShouldBe((1, (byte)7));
        StreamFrames.TryTake(StreamFraming.Rfc4571, ref input, buffer, out _).ShouldBe(FrameResult.Incomplete);
        input.Length.ShouldBe(0);
    }

    [Theory]
    [InlineData(StreamFraming.Turn)]
    [InlineData(StreamFraming.Rfc4571)]
    public void TryTake_RandomBytes_NeverThrowsAndNeverTakesMoreThanThereIs(StreamFraming framing)
    {
        var random = new Random(9);
        byte[] buffer = new byte[DatagramLimits.BufferLength];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(100)];
            random.NextBytes(bytes);
            if (bytes.Length > 1)
                bytes[0] &= 0x43;
            var input = Cut(bytes, random);
            long taken = 0;
            while (StreamFrames.TryTake(framing, ref input, buffer, out int length) == FrameResult.Taken)
                taken += length;
            taken.ShouldBeLessThanOrEqualTo(bytes.Length);
        }
    }

    private static byte[] Frame(StreamFraming framing, byte[] datagram)
    {
        byte[] frame = new byte[datagram.Length + StreamFrames.MaxOverhead];
        Array.Fill(frame, (byte)0xEE);
        int length = StreamFrames.Write(framing, frame, datagram);
        (framing == StreamFraming.Rfc4571 || length % 4 == 0).ShouldBeTrue();
        return frame[..length];
    }

    private static byte[] NewDatagram(Random random) =>
        random.Next(2) == 0 ? Stun(random, 4 * random.Next(100)) : Channel(random, random.Next(1200));

    private static byte[] Stun(Random random, int length)
    {
        byte[] bytes = new byte[20 + length];
        random.NextBytes(bytes);
        bytes[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)length);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), 0x2112A442);
        return bytes;
    }

    private static byte[] Channel(Random random, int length)
    {
        byte[] bytes = new byte[4 + length];
        random.NextBytes(bytes);
        bytes[0] = 0x40;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)length);
        return bytes;
    }

    private static ReadOnlySequence<byte> Cut(byte[] bytes, Random random)
    {
        Segment? first = null;
        Segment? last = null;
        for (int at = 0; at < bytes.Length;)
        {
            int length = Math.Min(random.Next(1, 9) * random.Next(1, 40), bytes.Length - at);
            last = new Segment(bytes.AsMemory(at, length), last);
            first ??= last;
            at += length;
        }

        return first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            before?.Next = this;
        }
    }
}
