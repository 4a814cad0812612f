using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Ttm.Server.Api.Events;
using Ttm.Server.Api.Lessons;
using Ttm.Server.Api.Media;
using Ttm.Server.Api.Messages;
using Ttm.Server.Api.Network;
using Ttm.Server.Api.Node;
using Ttm.Server.Api.Recordings;

namespace Ttm.Server.Api;

/// <summary>All calls of the API.</summary>
internal static class ApiRoutes
{
    public const string Prefix = "/api/v1";

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Prefix).RequireAuthorization().AlsoByHead();
        api.MapLessons();
        api.MapListener();
        api.MapTeacher();
        api.MapMessages();
        api.MapRecordings();
        api.MapEvents();
        api.MapIceServers();
        api.MapNode();
        api.MapFlights();
        api.MapRecordingSearch();
        api.MapNetwork();
        routes.MapMedia();
    }

    /// <summary>Documents the body. Accepts() would do so too, but lets routing answer 415 before the token is looked at.</summary>
    /// <param name="example">JSON, or the text itself for another media type.</param>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder builder, string example, string mediaType = "application/json", bool isRequired = true) =>
        builder.AddOpenApiOperationTransformer(async (operation, context, cancellation) =>
        {
            var schema = await context.GetOrCreateSchemaAsync(typeof(T), null, cancellation);
            var shown = mediaType == "application/json" ? JsonNode.Parse(example) : JsonValue.Create(example);
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = isRequired,
                Content = new Dictionary<string, OpenApiMediaType> { [mediaType] = new() { Schema = schema, Example = shown } },
            };
        });

    /// <summary>Documents parameters of the query, none of which must be there.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder builder, params string[] parameters) =>
        builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            foreach (var name in parameters)
                operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
            return Task.CompletedTask;
        });

    /// <summary>Documents error answers; 401 goes without saying.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder builder, params int[] statuses)
    {
        foreach (var status in statuses.Prepend(StatusCodes.Status401Unauthorized))
            builder.Produces<ProblemBody>(status, Problem.ContentType);
        return builder;
    }
}
