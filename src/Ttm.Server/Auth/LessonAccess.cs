using Ttm.Server.Api;

namespace Ttm.Server.Auth;

/// <summary>
/// Who may call an endpoint: 400 for an id that cannot be one, 403 for a good token of another role or lesson. A service may do everything.
/// Runs behind RequireAuthorization, which answers 401.
/// </summary>
internal sealed class LessonAccess(params Role[] roles) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return Refuse(http, Caller.Of(http)) ?? await next(context);
    }

    private Problem? Refuse(HttpContext http, Caller caller)
    {
        if (http.GetRouteValue("recording") is string recording && !Ids.IsValid(recording))
            return Problem.BadId("recording");
        var lesson = http.GetRouteValue("lesson") as string;
        if (lesson is not null && !Ids.IsValid(lesson))
            return Problem.BadId("lesson");
        if (caller.Role != Role.Service && !roles.Contains(caller.Role))
            return Problem.Forbidden($"A {Caller.Name(caller.Role)} token may not do this: it needs a {string.Join(" or ", roles.Append(Role.Service).Select(Caller.Name))} token.");
        return lesson is null || caller.Covers(lesson) ? null : OtherLesson(caller, lesson);
    }

    public static Problem OtherLesson(Caller caller, string lesson) =>
        Problem.Forbidden($"This token is for lesson {caller.Lesson}, not for {lesson}.");
}

internal static class LessonAccessExtensions
{
    /// <summary>Lets these roles (and a service) in.</summary>
    public static RouteHandlerBuilder Allow(this RouteHandlerBuilder builder, params Role[] roles) =>
        builder.AddEndpointFilter(new LessonAccess(roles));
}
