using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Ttm.Server.Api;

namespace Ttm.Server.Auth;

/// <summary>Whoever holds the token of this request.</summary>
/// <param name="Id">The claim <c>sub</c>.</param>
/// <param name="Lesson">The lesson the token is for; null for a service, which may touch every lesson, and for <see cref="Role.Network"/>, which may touch none.</param>
/// <param name="Records">False where the claim <c>record</c> says so: nothing of the token's lesson may be recorded.</param>
internal sealed record Caller(Role Role, string Id, string? Lesson, bool Records = true)
{
    public const string RoleClaim = "role";
    public const string LessonClaim = "lesson";
    public const string SubjectClaim = "sub";
    public const string RecordClaim = "record";

    /// <summary>The caller of an authenticated request.</summary>
    public static Caller Of(HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("The endpoint lacks RequireAuthorization.");

    public static Caller? OrNull(HttpContext context) => context.Features.Get<Caller>();

    /// <summary>Whether this caller may act in a lesson at all.</summary>
    public bool Covers(string lesson) => Role == Role.Service || string.Equals(Lesson, lesson, StringComparison.Ordinal);

    /// <summary>Reads the claims of a token whose signature holds; <paramref name="flaw"/> says what is missing.</summary>
    public static bool TryRead(ClaimsPrincipal principal, [NotNullWhen(true)] out Caller? caller, [NotNullWhen(false)] out string? flaw)
    {
        caller = null;
        flaw = null;
        if (!TryOne(principal, RoleClaim, out var roleText) || Parse(roleText) is not { } role)
            flaw = "The token's claim \"role\" must be teacher, student, service or network.";
        else if (!TryOne(principal, SubjectClaim, out var id) || (id is null ? BelongsToLesson(role) : !Ids.IsValid(id)))
            flaw = "The token's claim \"sub\" must be an id of 1 to 128 characters of A-Z a-z 0-9 . _ -";
        else if (!TryOne(principal, LessonClaim, out var lesson) || (lesson is null ? BelongsToLesson(role) : !Ids.IsValid(lesson)))
            flaw = "The token's claim \"lesson\" must be the id of the lesson it is for.";
        else if (!TryOne(principal, RecordClaim, out var record) || !bool.TryParse(record ?? bool.TrueString, out var records))
            flaw = "The token's claim \"record\" must be true or false.";
        else
            caller = new(role, id ?? Name(role), BelongsToLesson(role) ? lesson : null, records);
        return caller is not null;
    }

    public static string Name(Role role) => role switch
    {
        Role.Teacher => "teacher",
        Role.Student => "student",
        Role.Network => "network",
        _ => "service",
    };

    private static bool BelongsToLesson(Role role) => role is Role.Teacher or Role.Student;

    private static Role? Parse(string? text) => text switch
    {
        "teacher" => Role.Teacher,
        "student" => Role.Student,
        "service" => Role.Service,
        "network" => Role.Network,
        _ => null,
    };

    // A claim given twice says nothing: false.
    private static bool TryOne(ClaimsPrincipal principal, string type, out string? value)
    {
        value = null;
        foreach (var claim in principal.FindAll(type))
        {
            if (value is not null)
                return false;
            value = claim.Value;
        }

        return true;
    }
}
