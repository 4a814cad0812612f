using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Ttm.Server.Api;

/// <summary>Ids the application chooses: 1–128 characters of <c>A-Z a-z 0-9 . _ -</c>; not "." or "..", which no URL path can carry (RFC 3986 section 5.2.4).</summary>
internal static class Ids
{
    public const string Rule = "1 to 128 characters of A-Z a-z 0-9 . _ - (and not . or .. alone)";
    private const int MaximumLength = 128;
    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static bool IsValid([NotNullWhen(true)] string? id) =>
        id is { Length: >= 1 and <= MaximumLength } and not "." and not ".." && !id.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>A new id: lower-case letters and digits that are not mistaken for one another.</summary>
    public static string New(int length) => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", length);
}
