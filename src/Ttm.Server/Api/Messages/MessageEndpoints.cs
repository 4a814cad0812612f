using Ttm.Server.Auth;
using Ttm.Server.Events;
using Ttm.Server.Messages;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Api.Messages;

/// <summary>What the students type back.</summary>
internal static class MessageEndpoints
{
    private const int MaximumCharacters = 4000;
    private const int IdLength = 20;

    public static void MapMessages(this IEndpointRouteBuilder api)
    {
        var messages = api.MapGroup("/lessons/{lesson}/messages").WithTags("Messages");
        messages.MapPost("", PostAsync).Allow(Role.Teacher, Role.Student)
            .WithSummary("Post a message")
            .WithDescription("1 to 4000 characters. The sender is the token's sub.")
            .Takes<NewMessage>("""{"text":"Is it three quarters?"}""").Produces<Message>(201).Fails(400, 403, 404, 409, 413, 415);
        messages.MapGet("", List).Allow(Role.Teacher)
            .WithSummary("List a lesson's messages")
            .WithDescription("Oldest first.")
            .Produces<IReadOnlyList<Message>>().Fails(400, 403, 404);
    }

    private static async Task<IResult> PostAsync(string lesson, HttpContext context, ILessons lessons, MessageBook book, EventHub events)
    {
        var body = await JsonBody.ReadAsync(context.Request);
        var text = body.RequiredText("text", 1, MaximumCharacters);
        if (body.Flaw is { } flaw)
            return flaw;
        if (lessons.Find(lesson) is not { } found)
            return Problem.NoLesson(lesson);
        if (found.Snapshot.State == LessonState.Ended)
            return Problem.NotFound($"Lesson {lesson} has ended: it takes no more messages.");
        var message = new Message(Ids.New(IdLength), lesson, Caller.Of(context).Id, text, found.Now);
        if (!await book.TryAddAsync(message, found.Snapshot.IsRecorded))
            return Problem.Conflict($"Lesson {lesson} holds {MessageBook.PerLesson} messages and takes no more.");
        events.Publish(new LessonEvent(EventTypes.MessagePosted, lesson, message.At, message));
        return Results.Created((string?)null, message);
    }

    private static IResult List(string lesson, ILessons lessons, MessageBook book)
    {
        var messages = book.List(lesson);
        return messages.Count == 0 && lessons.Find(lesson) is null ? Problem.NoLesson(lesson) : Results.Ok(messages);
    }
}

/// <summary>The body of POST messages.</summary>
internal sealed record NewMessage(string Text);
