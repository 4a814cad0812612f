using System.Buffers;
using System.Security.Cryptography;

namespace Ttm.Recorder.Storage;

/// <summary>Everything that is compared with a store, from one pass over the content: SHA-256 of the whole, MD5 of the whole and of each part.</summary>
/// <param name="PartSize">Bytes of each part but the last.</param>
internal sealed record ContentDigest(long Length, string Sha256, byte[] Md5, long PartSize, IReadOnlyList<byte[]> PartMd5)
{
    public static async Task<ContentDigest> OfAsync(Stream content, long partSize, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using var partMd5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var parts = new List<byte[]>();
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        long length = 0, inPart = 0;
        try
        {
            while (true)
            {
                var wanted = (int)Math.Min(buffer.Length, partSize - inPart);
                var read = await content.ReadAsync(buffer.AsMemory(0, wanted), cancellationToken);
                if (read == 0)
                    break;

                var bytes = buffer.AsSpan(0, read);
                sha256.AppendData(bytes);
                md5.AppendData(bytes);
                partMd5.AppendData(bytes);
                length += read;
                inPart += read;
                if (inPart == partSize)
                {
                    parts.Add(partMd5.GetHashAndReset());
                    inPart = 0;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (inPart > 0 || parts.Count == 0)
            parts.Add(partMd5.GetHashAndReset());
        return new ContentDigest(length, Convert.ToHexStringLower(sha256.GetHashAndReset()), md5.GetHashAndReset(), partSize, parts);
    }

    /// <summary>The ETag of an object stored by one PUT, as S3 makes it without KMS.</summary>
    public string ETag => Convert.ToHexStringLower(Md5);

    /// <summary>The ETag of an object stored in parts: the MD5 of the parts' MD5s, and their number.</summary>
    public string MultipartETag => $"{Convert.ToHexStringLower(MD5.HashData(PartMd5.SelectMany(hash => hash).ToArray()))}-{PartMd5.Count}";

    public long LengthOfPart(int index) => Math.Min(PartSize, Length - (index * PartSize));

    /// <exception cref="ObjectStoreException">The content is not the one that the caller described.</exception>
    public void Demand(ObjectProperties properties, string key)
    {
        if (!Sha256.Equals(properties.Sha256, StringComparison.OrdinalIgnoreCase))
            throw new ObjectStoreException($"What is to be stored as {key} has the SHA-256 {Sha256} instead of {properties.Sha256}: the local file was changed or damaged.", transient: false);
    }
}
