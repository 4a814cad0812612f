using Microsoft.Net.Http.Headers;

namespace Ttm.Server.Api.Media;

/// <summary>The strong entity-tags of ICE generations (RFC 9725 section 4.3.1, RFC 9110 section 8.8.3).</summary>
internal static class EntityTags
{
    public const string Any = "*";

    public static string Quote(string tag) => $"\"{tag}\"";

    /// <summary>
    /// The tags of If-Match without quotes, or null where there is no such header. <c>"*"</c> with quotes is taken for <c>*</c>, and a tag
    /// without quotes for one with: both occur in the wild. A weak tag never matches and is left out.
    /// </summary>
    public static IReadOnlyList<string>? IfMatch(HttpRequest request)
    {
        var header = request.Headers.IfMatch;
        if (header.Count == 0)
            return null;
        var tags = EntityTagHeaderValue.TryParseList(header, out var parsed)
            ? parsed.Where(tag => !tag.IsWeak).Select(tag => HeaderUtilities.RemoveQuotes(tag.Tag).ToString())
            : [header.ToString().Trim().Trim('"')];
        return [.. tags];
    }
}
