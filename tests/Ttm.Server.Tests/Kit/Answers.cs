using System.Net;
using System.Text.Json;

namespace Ttm.Server.Tests.Kit;

internal static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    /// <summary>The status, and RFC 9457's shape with a title of some words.</summary>
    public static async Task<string> ShouldBeProblemAsync(this HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe((HttpStatusCode)status, $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri}: {text}");
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("type").GetString().ShouldNotBeNullOrEmpty();
        var title = problem.GetProperty("title").GetString()!;
        title.Split(' ').Length.ShouldBeGreaterThan(2, title);
        return title;
    }

    public static async Task<HttpResponseMessage> ShouldBeAsync(this Task<HttpResponseMessage> pending, int status)
    {
        var response = await pending;
        response.StatusCode.ShouldBe((HttpStatusCode)status, response.StatusCode == (HttpStatusCode)status ? "" : await response.Content.ReadAsStringAsync());
        return response;
    }

    public static async Task<string> ShouldBeProblemAsync(this Task<HttpResponseMessage> pending, int status) =>
        await (await pending).ShouldBeProblemAsync(status);
}
