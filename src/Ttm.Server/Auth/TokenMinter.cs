using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Ttm.Server.Auth;

/// <summary>Makes tokens as API.md has them, as an application would.</summary>
/// <param name="apiKey">Becomes <c>iss</c>.</param>
/// <param name="secret">The key's secret, at least 32 bytes in UTF-8.</param>
internal sealed class TokenMinter(string apiKey, string secret, TimeProvider clock)
{
    private readonly SigningCredentials _credentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)), SecurityAlgorithms.HmacSha256);
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    public string Teacher(string lesson, string teacher, TimeSpan lifetime) => Mint(Role.Teacher, teacher, lesson, lifetime);

    public string Student(string lesson, string student, TimeSpan lifetime) => Mint(Role.Student, student, lesson, lifetime);

    public string Service(string service, TimeSpan lifetime) => Mint(Role.Service, service, null, lifetime);

    /// <param name="records">False: nothing of the lesson may be recorded.</param>
    public string Mint(Role role, string subject, string? lesson, TimeSpan lifetime, bool records = true)
    {
        var claims = new Dictionary<string, object> { [Caller.SubjectClaim] = subject, [Caller.RoleClaim] = Caller.Name(role) };
        if (lesson is not null)
            claims[Caller.LessonClaim] = lesson;
        if (!records)
            claims[Caller.RecordClaim] = false;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = apiKey,
            Claims = claims,
            Expires = (clock.GetUtcNow() + lifetime).UtcDateTime,
            SigningCredentials = _credentials,
        });
    }
}
