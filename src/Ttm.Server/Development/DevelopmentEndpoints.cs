using Ttm.Server.Api;
using Ttm.Server.Auth;
using Ttm.Server.Configuration;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Development;

/// <summary>What the start page needs: a lesson, and links with tokens for it. Mapped in Development alone.</summary>
internal static class DevelopmentEndpoints
{
    private const string TeacherId = "teacher";
    private const int LessonIdLength = 10;
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(12);
    private static readonly string[] Names = ["Ada", "Ben", "Chloe"];
    private static readonly Dictionary<string, string> Metadata =
        Names.Select(name => ($"name.{Id(name)}", name)).Append(("title", "Trial lesson")).ToDictionary();

    public static void MapDevelopment(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/dev/lessons", Create).ExcludeFromDescription();

    private static IResult Create(HttpContext context, ILessons lessons, AuthOptions auth, TimeProvider clock)
    {
        var lesson = Ids.New(LessonIdLength);
        var created = lessons.Create(lesson, TeacherId, Metadata);
        if (!created.Succeeded)
            return created.ToProblem();
        var (apiKey, secret) = auth.Keys.First();
        var minter = new TokenMinter(apiKey, secret, clock);
        var origin = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}";
        context.Response.Headers.CacheControl = "no-store";
        return Results.Created($"{ApiRoutes.Prefix}/lessons/{lesson}", new DevelopmentLesson(
            lesson,
            new(TeacherId, Link("teacher", minter.Teacher(lesson, TeacherId, TokenLifetime))),
            [.. Names.Select(name => Student(name, minter))],
            new($"{origin}/supervisor.html#token={minter.Service("supervisor", TokenLifetime)}")));

        string Link(string page, string token) => $"{origin}/{page}.html#token={token}&lesson={lesson}";

        DevelopmentStudent Student(string name, TokenMinter minter)
        {
            return new(Id(name), name, Link("student", minter.Student(lesson, Id(name), TokenLifetime)));
        }
    }

    private static string Id(string name) => name.ToLowerInvariant();

    private sealed record DevelopmentLesson(string Lesson, DevelopmentTeacher Teacher, IReadOnlyList<DevelopmentStudent> Students, DevelopmentSupervisor Supervisor);

    private sealed record DevelopmentTeacher(string Id, string Url);

    private sealed record DevelopmentSupervisor(string Url);

    private sealed record DevelopmentStudent(string Id, string Name, string Url);
}
