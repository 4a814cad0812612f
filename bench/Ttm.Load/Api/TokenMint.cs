using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Ttm.Load.Api;

/// <summary>Signs tokens as an application does: JWT (RFC 7519), HS256.</summary>
internal sealed class TokenMint(string apiKey, string secret, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public string Teacher(string lesson, string teacher) => Sign("teacher", teacher, lesson);

    public string Student(string lesson, string student) => Sign("student", student, lesson);

    public string Service() => Sign("service", "ttm-load", null);

    private string Sign(string role, string subject, string? lesson)
    {
        var claims = new Dictionary<string, object>
        {
            ["iss"] = apiKey,
            ["sub"] = subject,
            ["role"] = role,
            ["exp"] = (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds(),
        };
        if (lesson is not null)
            claims["lesson"] = lesson;
        string content = $"{Encode("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{content}.{Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(content)))}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
