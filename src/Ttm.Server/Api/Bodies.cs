using System.Buffers;
using Microsoft.Net.Http.Headers;

namespace Ttm.Server.Api;

/// <summary>Request bodies: bounded, and of the type the endpoint takes.</summary>
internal static class Bodies
{
    public const int MaximumBytes = 64 * 1024;

    /// <summary>The whole body, or null where it is larger than <see cref="MaximumBytes"/>.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > MaximumBytes)
            return null;
        var buffer = new ArrayBufferWriter<byte>(request.ContentLength is { } length and > 0 ? (int)length : 1024);
        while (true)
        {
            var read = await request.Body.ReadAsync(buffer.GetMemory(1024), request.HttpContext.RequestAborted);
            if (read == 0)
                return buffer.WrittenMemory;
            buffer.Advance(read);
            if (buffer.WrittenCount > MaximumBytes)
                return null;
        }
    }

    /// <summary>Whether the Content-Type is this one, whatever its parameters; a charset other than UTF-8 is another type.</summary>
    public static bool HasType(HttpRequest request, string mediaType) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the Accept header, where there is one, admits this type: by the most specific of its ranges (RFC 9110 section 12.5.1).</summary>
    public static bool Accepts(HttpRequest request, string mediaType)
    {
        var header = request.Headers.Accept;
        if (string.IsNullOrWhiteSpace(header.ToString()))
            return true;
        if (!MediaTypeHeaderValue.TryParseList(header, out var accepted))
            return false;
        var wanted = new MediaTypeHeaderValue(mediaType);
        var best = accepted.Where(one => Matches(one, wanted)).MinBy(one => one.MatchesAllTypes ? 2 : one.MatchesAllSubTypes ? 1 : 0);
        return best is not null and not { Quality: 0 };
    }

    private static bool Matches(MediaTypeHeaderValue accepted, MediaTypeHeaderValue wanted) =>
        accepted.MatchesAllTypes
        || (accepted.Type.Equals(wanted.Type, StringComparison.OrdinalIgnoreCase)
            && (accepted.MatchesAllSubTypes || accepted.SubType.Equals(wanted.SubType, StringComparison.OrdinalIgnoreCase)));
}
